import Attribution
import MailLog

/// What the log of a window says about the mail that came, as questions that can be put again.
///
/// Equal questions are kept once, with their count. Memory is bounded: beyond ``limit`` distinct
/// questions further ones are only counted.
public struct PastTraffic: Sendable {
  /// Mail that smtpd accepted, the heaviest first.
  public internal(set) var accepted: [PastMail] = []
  /// What was refused, each distinct question once however often it came again.
  public internal(set) var refused: [PastMail] = []
  /// Accepted mails, those beyond the limit included.
  public internal(set) var acceptedCount = 0
  /// Refusals, those beyond the limit included.
  public internal(set) var refusedCount = 0
  /// Accepted mails whose question was not kept, since there were too many distinct ones.
  public internal(set) var acceptedBeyondLimit = 0
  /// Refusals whose question was not kept.
  public internal(set) var refusedBeyondLimit = 0
  /// The first line that was read; nil for an empty log.
  public internal(set) var firstLine: LogTime?
  /// The last line that was read; nil for an empty log.
  public internal(set) var lastLine: LogTime?
  /// What is missing though it belongs to the window.
  public internal(set) var skipped: [Coverage.Skipped] = []

  /// Distinct questions that are kept of each kind when nothing else is said.
  public static let standardLimit = 50_000

  /// No traffic.
  public init() {}
}

/// Makes ``PastTraffic`` of log rows, which come in the order of the log.
///
/// A mail's parts stand in lines of several programs (smtpd's `client=`, qmgr's `from=`, `to=` of
/// the delivery); they are joined by the queue id.
public struct PastTrafficCollector {
  private struct Arrival {
    var question: PastQuestion
    var session: SessionKey
    var time: LogTime
    var isAccepted = false
    /// The sender is as the client named it, not as cleanup rewrote it.
    var hasOwnSender = false
  }
  private struct SessionKey: Hashable {
    var tag: String
    var pid: Int32
  }
  private struct Count {
    var count = 0
    var lastSeen = LogTime(seconds: 0)
    var cause: Cause?
  }

  private let since: LogTime?
  private let until: LogTime?
  private let limit: Int
  private var traffic = PastTraffic()
  private var accepted: [PastQuestion: Count] = [:]
  private var refused: [PastQuestion: Count] = [:]
  private var arrivals: [String: Arrival] = [:]
  private var helos: [SessionKey: String] = [:]
  private var current: [SessionKey: String] = [:]
  private var causes: CauseCache

  /// Mails on their way in, and sessions, that are followed at a time.
  private static let openLimit = 20_000
  /// Recipients of one mail that are kept.
  private static let recipientLimit = 100

  /// - Parameters:
  ///   - since: mails accepted or refused before are passed over; nil from the first line.
  ///   - until: exclusive; nil to the last line.
  ///   - epochs: the policies that were in force, oldest first, for the causes of refusals.
  ///   - limit: distinct questions of each kind that are kept.
  public init(
    since: LogTime? = nil, until: LogTime? = nil, epochs: [PolicyEpoch] = [],
    limit: Int = PastTraffic.standardLimit
  ) {
    self.since = since
    self.until = until
    causes = CauseCache(epochs: epochs)
    self.limit = limit
  }

  /// Takes the next row of the log.
  public mutating func add(_ row: LogRow) {
    guard let time = row.time, row.kind != .foreign else { return }
    if traffic.firstLine == nil { traffic.firstLine = time }
    traffic.lastLine = time
    let session = SessionKey(tag: row.tag, pid: row.pid)
    switch row.kind {
    case .connect, .disconnect,
      .lostConnection where row.program == "smtpd":
      if row.kind != .lostConnection { forget(session) }
    case .accepted: open(row, session, time)
    case .action, .trial: note(row, session)
    case .reject: refuse(row, session, time)
    case .queue: followQueue(row, time)
    case .delivery: addRecipient(row)
    default: break
    }
  }

  /// Everything so far; mails that are still in the queue count with the recipients known by now.
  public mutating func finish() -> PastTraffic {
    for identifier in arrivals.keys.sorted() { close(identifier) }
    traffic.accepted = Self.sorted(accepted)
    traffic.refused = Self.sorted(refused)
    return traffic
  }

  private static func sorted(_ counts: [PastQuestion: Count]) -> [PastMail] {
    counts.map {
      PastMail(
        question: $0.key, count: $0.value.count, lastSeen: $0.value.lastSeen, cause: $0.value.cause)
    }.sorted {
      ($1.count, $1.lastSeen, $0.question.order) < ($0.count, $0.lastSeen, $1.question.order)
    }
  }

  private mutating func forget(_ session: SessionKey) {
    helos[session] = nil
    current[session] = nil
  }

  private mutating func open(_ row: LogRow, _ session: SessionKey, _ time: LogTime) {
    guard let identifier = row.queueID, let address = row.clientAddress else { return }
    close(identifier)
    if arrivals.count >= Self.openLimit { closeOldest() }
    let question = PastQuestion(
      tag: row.tag, clientName: Self.name(row), clientAddress: address, helo: helos[session],
      user: row.saslUser)
    arrivals[identifier] = Arrival(question: question, session: session, time: time)
    current[session] = identifier
  }

  /// Lines with a HELO name: trials, and the recording of HELO names.
  private mutating func note(_ row: LogRow, _ session: SessionKey) {
    guard row.program == "smtpd", let helo = row.helo else { return }
    remember(helo, of: session)
    guard let identifier = row.queueID ?? current[session],
      let index = arrivals.index(forKey: identifier)
    else { return }
    arrivals.values[index].question.helo = helo
    if row.queueID != nil, let sender = row.sender {
      arrivals.values[index].question.sender = sender
      arrivals.values[index].hasOwnSender = true
    }
  }

  private mutating func remember(_ helo: String, of session: SessionKey) {
    // Sessions whose end was lost must not fill memory; forgetting one costs a name at most.
    if helos.count >= Self.openLimit { helos.removeAll() }
    helos[session] = helo
  }

  private mutating func refuse(_ row: LogRow, _ session: SessionKey, _ time: LogTime) {
    var question: PastQuestion
    let isLate = row.command != "RCPT"
    if isLate, let identifier = row.queueID, let arrival = arrivals.removeValue(forKey: identifier)
    {
      question = arrival.question
      question.sender = row.sender ?? question.sender
    } else {
      guard let address = row.clientAddress else { return }
      question = PastQuestion(
        tag: row.tag, clientName: Self.name(row), clientAddress: address, sender: row.sender,
        user: row.saslUser)
    }
    if let helo = row.helo {
      question.helo = helo
      if row.program == "smtpd" { remember(helo, of: session) }
    }
    if let recipient = row.recipient {
      question.recipients = [recipient]
      question.lacksRecipients = false
    }
    guard isInside(time) else { return }
    traffic.refusedCount += 1
    let isKept = Self.count(
      question, 1, time, causes.cause(row, at: time), into: &refused, limit: limit)
    if !isKept { traffic.refusedBeyondLimit += 1 }
  }

  private mutating func followQueue(_ row: LogRow, _ time: LogTime) {
    guard let identifier = row.queueID else { return }
    if row.program == "qmgr", let sender = row.sender, row.line.hasSuffix("(queue active)") {
      guard let index = arrivals.index(forKey: identifier) else { return }
      arrivals.values[index].isAccepted = true
      if !arrivals.values[index].hasOwnSender {
        arrivals.values[index].question.sender = sender
        arrivals.values[index].question.isSenderRewritten = true
      }
    } else if row.program == "qmgr" && row.text == "removed" {
      close(identifier)
    } else if row.program == "pickup" {
      arrivals[identifier] = nil
    }
  }

  private mutating func addRecipient(_ row: LogRow) {
    guard let identifier = row.queueID, let delivered = row.recipient,
      let index = arrivals.index(forKey: identifier)
    else { return }
    // Behind an alias the client named what `orig_to=` says.
    let recipient = Self.original(row.text, "\(identifier): to=<\(delivered)>") ?? delivered
    let known = arrivals.values[index].question.recipients
    if known.contains(recipient) { return }
    guard known.count < Self.recipientLimit else {
      arrivals.values[index].question.lacksRecipients = true
      return
    }
    arrivals.values[index].question.recipients.append(recipient)
  }

  private static func original(_ text: String, _ beginning: String) -> String? {
    let start = beginning + ", orig_to=<"
    guard text.hasPrefix(start) else { return nil }
    let rest = text.dropFirst(start.count)
    return rest.firstRange(of: ">, relay=").map { String(rest[..<$0.lowerBound]) }
  }

  private mutating func close(_ identifier: String) {
    guard var arrival = arrivals.removeValue(forKey: identifier), arrival.isAccepted,
      isInside(arrival.time)
    else { return }
    arrival.question.recipients.sort()
    traffic.acceptedCount += 1
    let isKept = Self.count(
      arrival.question, 1, arrival.time, nil, into: &accepted, limit: limit)
    if !isKept { traffic.acceptedBeyondLimit += 1 }
  }

  private mutating func closeOldest() {
    let oldest = arrivals.sorted { $0.value.time < $1.value.time }.prefix(Self.openLimit / 4)
    for (identifier, _) in oldest { close(identifier) }
  }

  private static func count(
    _ question: PastQuestion, _ number: Int, _ time: LogTime, _ cause: Cause?,
    into counts: inout [PastQuestion: Count], limit: Int
  ) -> Bool {
    if let index = counts.index(forKey: question) {
      counts.values[index].count += number
      if time >= counts.values[index].lastSeen {
        counts.values[index].lastSeen = time
        counts.values[index].cause = cause
      }
      return true
    }
    guard counts.count < limit else { return false }
    counts[question] = Count(count: number, lastSeen: time, cause: cause)
    return true
  }

  private func isInside(_ time: LogTime) -> Bool {
    (since.map { time >= $0 } ?? true) && (until.map { time < $0 } ?? true)
  }

  private static func name(_ row: LogRow) -> String? {
    row.clientName == "unknown" ? nil : row.clientName
  }
}

extension PastQuestion {
  /// For an order that does not depend on a run's hashing.
  var order: String {
    "\(clientAddress) \(sender ?? "") \(recipients.joined(separator: " ")) \(helo ?? "") \(tag)"
  }
}
