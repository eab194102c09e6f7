/// What a trial of one restriction showed: whom it would have refused, had it been on.
///
/// Kept as JSON in the change's directory; names never change within a schema. Texts of clients are
/// foreign: they pass the sanitiser before they reach a terminal.
public struct TrialVerdict: Hashable, Sendable, Codable {
  /// A client network with a sender domain.
  public struct Sender: Hashable, Sendable, Codable {
    /// /24 or /64.
    public var network: String
    /// `<>` for the null sender.
    public var senderDomain: String
    /// The last client of the network.
    public var clientAddress: String
    /// Its verified name; nil when it had none.
    public var clientName: String?
    /// Messages that would have been refused; retries of one mail count once.
    public var messages: Int
    /// Messages accepted in the log before the first that would have been refused.
    public var acceptedBefore: Int
    /// When the last of those was accepted, seconds since 1970; nil without one.
    public var lastAccepted: Int64?

    enum CodingKeys: String, CodingKey {
      case network, messages
      case senderDomain = "sender_domain"
      case clientAddress = "client_address"
      case clientName = "client_name"
      case acceptedBefore = "accepted_before"
      case lastAccepted = "last_accepted"
    }
  }

  /// A restriction in front of the one on trial, and how many mails it refused before that one saw
  /// them.
  public struct Hidden: Hashable, Sendable, Codable {
    /// Name and argument.
    public var restriction: String
    /// Mails that it refused, retries counted once.
    public var messages: Int
  }

  /// Of this value; names never change within a schema.
  public var schema = 1
  /// The restriction that was on trial.
  public var restriction: String
  /// What stands behind its name.
  public var argument: String?
  /// Seconds since 1970.
  public var began: Int64
  /// Seconds since 1970.
  public var ended: Int64
  /// Messages that would have been refused; retries of one mail count once.
  public var messages = 0
  /// Distinct pairs of client network and sender domain among them.
  public var pairs = 0
  /// Pairs that had mail accepted here before.
  public var pairsAcceptedBefore = 0
  /// The pairs, most trusted first; at most ``senderLimit`` of them.
  public var senders: [Sender] = []
  /// What refused mail before the restriction on trial could see it, the heaviest first.
  public var hiddenBy: [Hidden] = []
  /// Why the restriction cannot be reached at all; nil when it can.
  public var unreachable: String?
  /// What the verdict does not know, one sentence each; never empty.
  public var unknowns: [String] = []

  /// The greatest number of pairs that are listed.
  public static let senderLimit = 1000

  enum CodingKeys: String, CodingKey {
    case schema, restriction, argument, began, ended, messages, pairs, senders, unreachable,
      unknowns
    case pairsAcceptedBefore = "pairs_accepted_before"
    case hiddenBy = "hidden_by"
  }

  /// The verdict in lines, without times.
  public var lines: [String] {
    var lines = [summary]
    lines += senders.map { sender in
      let client = sender.clientName ?? sender.clientAddress
      let trust =
        sender.acceptedBefore == 0
        ? "none accepted before" : "\(sender.acceptedBefore) accepted before"
      return "  \(sender.network)  \(sender.senderDomain)  \(client)  \(trust), "
        + "\(sender.messages) would have been refused"
    }
    if pairs > senders.count { lines.append("  and \(pairs - senders.count) more") }
    if let unreachable { lines.append("it can never be reached: \(unreachable)") }
    lines += hiddenBy.map {
      "\($0.restriction) stands before it and refused \($0.messages) messages that it never saw"
    }
    return lines + unknowns.map { "not known: \($0)" }
  }

  /// The verdict in one sentence.
  public var summary: String {
    let name = argument.map { "\(restriction) \($0)" } ?? restriction
    guard messages > 0 else { return "\(name) would have refused no message that reached it" }
    let before =
      pairsAcceptedBefore == 0
      ? "none of these had mail accepted here before"
      : "\(pairsAcceptedBefore) of these had mail accepted here before"
    return
      "\(name) would have refused \(messages) message\(messages == 1 ? "" : "s") from \(pairs) "
      + "distinct client network\(pairs == 1 ? "" : "s") × sender domain\(pairs == 1 ? "" : "s"); "
      + before
  }
}
