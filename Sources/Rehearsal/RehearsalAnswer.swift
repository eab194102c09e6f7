import MailLog
import PostfixConfig

/// What a draft, or one restriction, would have done to the mail of a window, and what of that is not
/// known.
///
/// All texts of clients and mails are foreign: they pass the sanitiser before they reach a terminal.
public struct RehearsalAnswer: Sendable {
  /// Mail of one client that would have been lost.
  public struct Victim: Hashable, Sendable {
    /// The client's verified name; nil when it had none.
    public var clientName: String?
    /// The numeric address.
    public var clientAddress: String
    /// /24 or /64.
    public var network: String
    /// The domain of the envelope sender; `<>` for the null sender.
    public var senderDomain: String
    /// The HELO name, where the log has it.
    public var helo: String?
    /// Accepted mails that would have been refused.
    public var lost: Int
    /// Mails accepted in the window from that network with that sender domain: how far it is trusted.
    public var acceptedBefore: Int
    /// The last that was accepted.
    public var lastSeen: LogTime
    /// The restriction that would refuse it, in words.
    public var restriction: String
    /// smtpd's reply.
    public var reply: String
    /// What would save it; nil when nothing is to be proposed.
    public var exception: SavingException?
  }

  /// How much of the window could be judged, in mails.
  public struct Coverage: Hashable, Sendable {
    /// Mails of the window.
    public var total = 0
    /// Those with an answer, by how sure it is.
    public var judged: [Grade: Int] = [:]
    /// Those without, by the reason.
    public var unjudged: [Unjudged: Int] = [:]

    /// All with an answer.
    public var judgedTotal: Int { judged.values.reduce(0, +) }
    /// True where there was mail and none of it could be judged: counts of it are not 0 but not known.
    public var isUnknown: Bool { judgedTotal == 0 && total > 0 }
  }

  /// What was rehearsed: `reject_unknown_helo_hostname`, or `the draft`.
  public var subject: String
  /// The restrictions that would come into force or leave it.
  public var restrictions: [RestrictionGrade]
  /// What was read of the log: from its first line of interest to its last.
  public var since: LogTime?
  /// The last line that was read; nil for an empty log.
  public var until: LogTime?
  /// Who would be lost, most trusted first.
  public var victims: [Victim] = []
  /// Accepted mails that would have been refused.
  public var lostMails = 0
  /// Accepted mails of the window.
  public var accepted = Coverage()
  /// Distinct refused mails of the window (retries count once).
  public var refused = Coverage()
  /// Refused mails that the added restrictions would have refused by themselves; nil where the draft is
  /// of another kind.
  public var caught: Int?
  /// Of those the ones that nothing else in force catches; nil where the draft is of another kind.
  public var caughtAlone: Int?
  /// Refused mails that would get in.
  public var admitted: [PastMail] = []
  /// What the answer does not know, one sentence each; never empty.
  public var unknowns: [String] = []
  /// Questions that were put to Postfix.
  public var questions = 0
  /// How long it took.
  public var seconds = 0.0
  /// What would have become of each accepted mail, in the order of the traffic that was handed in.
  public var acceptedVerdicts: [Verdict] = []
  /// The same for what was refused.
  public var refusedVerdicts: [Verdict] = []

  /// Distinct clients among the victims.
  public var lostClients: Int { Set(victims.map(\.clientAddress)).count }
  /// Distinct pairs of network and sender domain among the victims.
  public var lostPairs: Int { Set(victims.map { [$0.network, $0.senderDomain] }).count }
}

/// The line that would save a victim, and where it must stand.
public struct SavingException: Hashable, Sendable {
  /// What goes in front of the restriction: `check_client_access`, `permit_sasl_authenticated`.
  public var restriction: String
  /// The line of its table; nil when it takes none.
  public var line: String?
  /// The parameter whose list it must stand in.
  public var parameter: String
  /// The restriction that it must stand before.
  public var before: String

  /// In one sentence.
  public var text: String {
    let place = "before \(before) in \(parameter)"
    guard let line else { return "\(restriction) \(place)" }
    return "\"\(line)\" in a table of \(restriction), \(place)"
  }
}
