import PostfixHost

/// What a run of traffic really did, by the replies that its clients got.
///
/// It is the truth against which counts of the log are held: one refused recipient here is one
/// `reject:` line there.
public struct TrafficTruth: Hashable, Sendable {
  /// Sessions carried to their end.
  public var sessions = 0
  /// Connections opened, by service.
  public var connections: [TrafficSession.Service: Int] = [:]
  /// Sessions by kind.
  public var kinds: [TrafficKind: Int] = [:]
  /// Refused recipients by service and restriction, in the names of the reports.
  public var rejects: [TrafficSession.Service: [String: Int]] = [:]
  /// Messages that the server took, by service.
  public var messages: [TrafficSession.Service: Int] = [:]
  /// Recipients that the server took.
  public var acceptedRecipients = 0
  /// Sessions whose replies were not those of the sandbox's first configuration.
  public var surprises = 0
  /// Sessions that could not be carried through: refused connections, timeouts.
  public var failures = 0
  /// The reason of the last failure.
  public var lastFailure: String?
  /// Seconds from the first connection to the last.
  public var seconds = 0.0

  /// An empty truth.
  public init() {}

  /// All refused recipients by restriction.
  public var rejectsByRestriction: [String: Int] {
    rejects.values.reduce(into: [:]) { sum, service in sum.merge(service, uniquingKeysWith: +) }
  }

  /// All refused recipients.
  public var totalRejects: Int { rejectsByRestriction.values.reduce(0, +) }
  /// All connections.
  public var totalConnections: Int { connections.values.reduce(0, +) }
  /// All accepted messages.
  public var totalMessages: Int { messages.values.reduce(0, +) }

  /// Adds what one session did.
  mutating func add(_ outcome: TrafficOutcome, of session: TrafficSession) {
    sessions += 1
    kinds[session.kind, default: 0] += 1
    if outcome.connected { connections[session.service, default: 0] += 1 }
    if !outcome.rejects.isEmpty {
      rejects[session.service, default: [:]].merge(outcome.rejects, uniquingKeysWith: +)
    }
    if outcome.messages > 0 { messages[session.service, default: 0] += outcome.messages }
    acceptedRecipients += outcome.recipients
    if let failure = outcome.failure {
      failures += 1
      lastFailure = failure
    } else if outcome.rejects != session.expectedRejects
      || outcome.messages != session.expectedMessages
    {
      surprises += 1
    }
  }
}

/// What came of one session.
struct TrafficOutcome: Hashable, Sendable {
  var connected = false
  var rejects: [String: Int] = [:]
  var recipients = 0
  var messages = 0
  var failure: String?
}
