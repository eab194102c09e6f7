import Attribution
import MailLog

/// A question that a past client put to smtpd: who it was, and the envelope it offered.
///
/// All texts are foreign: they pass the sanitiser before they reach a terminal.
public struct PastQuestion: Hashable, Sendable {
  /// The tag of the service in the log: `postfix/submission`.
  public var tag: String
  /// The verified name; nil where the log says `unknown`.
  public var clientName: String?
  /// The numeric address, IPv4 or IPv6.
  public var clientAddress: String
  /// The HELO name; nil when the log does not hold it.
  public var helo: String?
  /// The envelope sender; empty is the null sender, nil is not in the log.
  public var sender: String?
  /// True when the log has the sender only as cleanup(8) rewrote it: `root` may stand as
  /// `root@example.org`.
  public var isSenderRewritten = false
  /// The envelope recipients in the order of the log.
  public var recipients: [String]
  /// True when there were more recipients than are kept: none of the others is asked.
  public var lacksRecipients = false
  /// The login name of a client that had signed in.
  public var user: String?

  /// Describes a question.
  public init(
    tag: String, clientName: String? = nil, clientAddress: String, helo: String? = nil,
    sender: String? = nil, recipients: [String] = [], user: String? = nil
  ) {
    self.tag = tag
    self.clientName = clientName
    self.clientAddress = clientAddress
    self.helo = helo
    self.sender = sender
    self.recipients = recipients
    self.user = user
  }

  /// True when the log holds sender and recipients, without which there is no question.
  var isWhole: Bool { sender != nil && !recipients.isEmpty }

  /// True when an address is not ASCII.
  var needsSMTPUTF8: Bool {
    (recipients + [sender ?? ""]).contains { !$0.utf8.allSatisfy { $0 < 0x80 } }
  }

  /// What the log lacks of a question that is not whole.
  var missing: Unjudged { recipients.isEmpty ? .recipientUnknown : .senderUnknown }

  /// The part behind the last `@` of the sender, lower case; `<>` for the null sender.
  public var senderDomain: String { Self.domain(of: sender ?? "?") }

  /// The client's network: /24 for IPv4, /64 for IPv6.
  public var network: String { networkText(of: clientAddress) }

  static func domain(of address: String) -> String {
    guard !address.isEmpty else { return "<>" }
    return address.split(separator: "@", omittingEmptySubsequences: false).last
      .map { asciiLowercase($0) } ?? address
  }
}

/// All mails of the window that put the same question and got the same answer.
public struct PastMail: Hashable, Sendable {
  /// What was asked.
  public var question: PastQuestion
  /// Mails that were accepted, or refusals.
  public var count: Int
  /// The last of them.
  public var lastSeen: LogTime
  /// What refused it, the last time; nil for mail that was accepted.
  public var cause: Cause?

  /// Describes mails of one kind.
  public init(question: PastQuestion, count: Int, lastSeen: LogTime, cause: Cause? = nil) {
    self.question = question
    self.count = count
    self.lastSeen = lastSeen
    self.cause = cause
  }
}

/// Lower case for ASCII letters only, as Postfix compares.
func asciiLowercase(_ text: some StringProtocol) -> String {
  String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}

/// `203.0.113.0/24` or `2001:db8:1:2::/64`; the text itself when it is no address.
func networkText(of address: String) -> String {
  if !address.contains(":") {
    let parts = address.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 ? parts[..<3].joined(separator: ".") + ".0/24" : address
  }
  let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
  var groups = halves[0].split(separator: ":").map(String.init)
  if halves.count == 2 {
    let tail = halves[1].split(separator: ":").map(String.init)
    groups += [String](repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
  }
  var network = Array(groups.prefix(4))
  while network.last == "0" { network.removeLast() }
  return network.joined(separator: ":") + "::/64"
}
