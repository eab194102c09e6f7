import Attribution
import MailLog
import PostfixConfig
import PostfixHost

/// What smtpd answered to a question that was put to it again.
public enum Verdict: Hashable, Sendable {
  case accepted
  case refused(Refusal)
  /// There is none, for the reason given.
  case unknown(Unjudged)

  /// Refused as it was then: its reason stands, so that nothing was asked.
  static let stillRefused = Verdict.refused(
    Refusal(command: "", recipient: nil, reply: "", code: 0))

  /// True for a refusal.
  public var isRefused: Bool { if case .refused = self { true } else { false } }

  /// What it says of a mail: that some of its recipients are accepted says nothing of the others.
  func covering(_ mail: PastMail) -> Verdict {
    self == .accepted && mail.question.lacksRecipients ? .unknown(.recipientsLeftOut) : self
  }
}

/// A refusal by the shadow smtpd.
public struct Refusal: Hashable, Sendable {
  /// The SMTP command that was refused.
  public var command: String
  /// The recipient that was refused; nil when another command was.
  public var recipient: String?
  /// The reply as it was sent: `504 5.5.2 <pc>: Helo command rejected: …`.
  public var reply: String
  /// The reply code.
  public var code: Int
}

/// Why a mail of the window could not be judged.
public enum Unjudged: String, Hashable, Sendable, CaseIterable {
  case heloUnknown = "helo_unknown"
  case recipientUnknown = "recipient_unknown"
  case senderUnknown = "sender_unknown"
  case senderRewritten = "sender_rewritten"
  case serviceUnknown = "service_unknown"
  case reverseNameUnknown = "reverse_name_unknown"
  case notAskable = "not_askable"
  case noAnswer = "no_answer"
  case dnsFailed = "dns_failed"
  case recipientsLeftOut = "recipients_left_out"
  case cancelled = "cancelled"
  case beyondLimit = "beyond_limit"

  /// The reason in words, behind a count of mails.
  public var words: String {
    switch self {
    case .heloUnknown: "their HELO names are not in the log (record them to judge such mail)"
    case .recipientUnknown: "their recipients are not in the log yet"
    case .senderUnknown: "their senders are not in the log"
    case .senderRewritten:
      "the log has their senders only with our own domain appended (record HELO names to have them)"
    case .serviceUnknown: "no service has the name under which they were logged"
    case .reverseNameUnknown: "the reverse names of their clients are not in the log"
    case .notAskable: "smtpd would not take client, HELO name or address as the log writes them"
    case .noAnswer: "smtpd did not answer in time"
    case .dnsFailed: "DNS did not answer"
    case .recipientsLeftOut:
      "they had more recipients than are kept, and none of those that are would be refused"
    case .cancelled: "the rehearsal was stopped before them"
    case .beyondLimit: "there were more distinct ones than are kept"
    }
  }
}

extension Refusal {
  /// The restriction that refused `question`, by the reply's text and the policy that was asked.
  func cause(of question: PastQuestion, policy: Policy) -> Cause? {
    var reader = LogRowReader(reference: LogTime(seconds: 1_700_000_000))
    let name = question.clientName ?? "unknown"
    let line =
      "2023-11-14T22:13:20+00:00 h \(question.tag)/smtpd[1]: NOQUEUE: reject: \(command) from "
      + "\(name)[\(question.clientAddress)]: \(reply); from=<\(question.sender ?? "")>"
      + (recipient.map { " to=<\($0)>" } ?? "") + " proto=ESMTP helo=<\(question.helo ?? "")>"
    return attribute(row: reader.row(Array(line.utf8).span), policy: policy)
  }
}
