import Attribution
import MailLog
import PostfixConfig

/// Makes the verdict of a trial out of log rows, which come in the order of the log.
///
/// Rows from before the trial tell who was trusted; feed as much of the past as there is. Memory is
/// bounded: beyond ``limit`` distinct mails or pairs further ones are counted as not judged.
public struct TrialVerdictCollector {
  private struct Pair: Hashable {
    var network: String
    var domain: String
  }
  /// Retries of one mail agree in these.
  private struct Mail: Hashable {
    var pair: Pair
    var sender: String
    var recipient: String
  }
  private struct Attempts {
    var accepted = 0
    /// The last attempt did not end in an accepted message.
    var isOpen = false
    var messages: Int { accepted + (isOpen ? 1 : 0) }
  }
  private struct Trust {
    var accepted = 0
    var last: LogTime?
    var isHit = false
    var clientAddress = ""
    var clientName: String?
  }
  private struct Session: Hashable {
    var tag: String
    var pid: Int32
  }
  /// A mail transaction with a trial line, until its session goes on or ends.
  private struct Transaction {
    var mail: Mail
    var queueID: String?
  }
  private struct Arrival {
    var network: String
    var transaction: Mail?
  }

  private let restriction: String
  private let argument: String?
  private let began: LogTime
  private var order: TrialOrder
  private var causes: CauseCache
  private var mails: [Mail: Attempts] = [:]
  private var trust: [Pair: Trust] = [:]
  private var transactions: [Session: Transaction] = [:]
  private var arrivals: [String: Arrival] = [:]
  private var hidden: [String: Set<Mail>] = [:]
  private var ambiguous = 0
  private var overflow = 0
  private var hasPast = false

  /// Distinct mails, pairs and open mails that are kept.
  public static let limit = 50_000

  /// - Parameters:
  ///   - restriction: the one on trial, as the configuration spells it.
  ///   - argument: what stands behind it; nil for none.
  ///   - began: when the trial began; trial lines before are not its.
  ///   - policy: with the restriction on trial.
  public init(restriction: String, argument: String?, began: LogTime, policy: Policy) {
    self.restriction = restriction
    self.argument = argument
    self.began = began
    order = TrialOrder(restriction: restriction, argument: argument, policy: policy)
    causes = CauseCache(epochs: [PolicyEpoch(since: LogTime(microseconds: .min), policy: policy)])
  }

  /// Takes the next row of the log.
  public mutating func add(_ row: LogRow) {
    guard let time = row.time else { return }
    if time < began { hasPast = true }
    let session = Session(tag: row.tag, pid: row.pid)
    switch row.kind {
    case .trial: if time >= began { addTrial(row, session, time) }
    case .reject: if time >= began { addReject(row, time) }
    case .accepted: open(row, session)
    case .queue: if row.program == "qmgr" { followQueue(row, time) }
    case .connect, .disconnect: end(session)
    default: break
    }
  }

  /// The verdict on everything so far.
  public mutating func verdict(at ended: LogTime) -> TrialVerdict {
    for session in Array(transactions.keys) { end(session) }
    for arrival in arrivals.values {
      arrival.transaction.map { mails[$0, default: .init()].isOpen = true }
    }
    arrivals = [:]
    var verdict = TrialVerdict(
      restriction: restriction, argument: argument, began: began.seconds, ended: ended.seconds)
    var counts: [Pair: Int] = [:]
    for (mail, attempts) in mails { counts[mail.pair, default: 0] += attempts.messages }
    verdict.messages = counts.values.reduce(0, +)
    verdict.pairs = counts.count
    verdict.pairsAcceptedBefore = counts.keys.count { trust[$0]?.accepted ?? 0 > 0 }
    verdict.senders = Array(senders(counts).prefix(TrialVerdict.senderLimit))
    verdict.hiddenBy = hidden.map { .init(restriction: $0.key, messages: $0.value.count) }
      .sorted { ($1.messages, $0.restriction) < ($0.messages, $1.restriction) }
    verdict.unreachable = order.unreachableReason
    verdict.unknowns = unknowns(verdict)
    return verdict
  }

  // MARK: Lines

  private mutating func addTrial(_ row: LogRow, _ session: Session, _ time: LogTime) {
    switch causes.cause(row, at: time) {
    case .restriction(let name, let logged)?:
      guard order.isOnTrial(name, logged) else { return }
    case .open(let candidates)?:
      guard candidates.contains(where: { order.isOnTrial($0.name, $0.argument) }) else { return }
      ambiguous += 1
    case nil: return
    }
    guard let mail = mail(of: row) else { return }
    hit(mail.pair, row)
    let open = transactions[session]
    // A further recipient of a mail that is counted already.
    if let open, open.mail.pair == mail.pair, open.mail.sender == mail.sender,
      open.queueID == row.queueID
    {
      return
    }
    end(session)
    transactions[session] = Transaction(mail: mail, queueID: row.queueID)
    if let identifier = row.queueID { arrivals[identifier]?.transaction = mail }
  }

  private mutating func hit(_ pair: Pair, _ row: LogRow) {
    guard trust[pair] != nil || trust.count < Self.limit else { return }
    trust[pair, default: .init()].isHit = true
    trust[pair]?.clientAddress = row.clientAddress ?? ""
    trust[pair]?.clientName = row.clientName == "unknown" ? nil : row.clientName
  }

  private mutating func addReject(_ row: LogRow, _ time: LogTime) {
    guard row.program == "smtpd", let cause = causes.cause(row, at: time),
      let name = order.standingBefore(cause, tag: row.tag), let mail = mail(of: row)
    else { return }
    if hidden[name]?.count ?? 0 < Self.limit { hidden[name, default: []].insert(mail) }
  }

  private mutating func open(_ row: LogRow, _ session: Session) {
    guard let identifier = row.queueID, let address = row.clientAddress else { return }
    if arrivals.count >= Self.limit { arrivals.removeAll() }
    var arrival = Arrival(network: networkText(of: address))
    if let transaction = transactions[session], transaction.queueID == nil {
      transactions[session]?.queueID = identifier
      arrival.transaction = transaction.mail
    }
    arrivals[identifier] = arrival
  }

  private mutating func followQueue(_ row: LogRow, _ time: LogTime) {
    guard let identifier = row.queueID, let sender = row.sender,
      row.line.hasSuffix("(queue active)"),
      let arrival = arrivals.removeValue(forKey: identifier)
    else { return }
    if let mail = arrival.transaction {
      mails[mail, default: .init()].accepted += 1
      mails[mail]?.isOpen = false
    }
    let pair = Pair(network: arrival.network, domain: PastQuestion.senderDomain(sender))
    if let index = trust.index(forKey: pair) {
      if !trust.values[index].isHit {
        trust.values[index].accepted += 1
        trust.values[index].last = time
      }
    } else if trust.count < Self.limit {
      trust[pair] = Trust(accepted: 1, last: time)
    }
  }

  /// The transaction of a session is over; when it got no queue id, it was refused in the end.
  private mutating func end(_ session: Session) {
    guard let transaction = transactions.removeValue(forKey: session) else { return }
    guard mails[transaction.mail] != nil || mails.count < Self.limit else {
      overflow += 1
      return
    }
    if transaction.queueID == nil {
      mails[transaction.mail, default: .init()].isOpen = true
    } else if mails[transaction.mail] == nil {
      mails[transaction.mail] = Attempts()
    }
  }

  private func mail(of row: LogRow) -> Mail? {
    guard let address = row.clientAddress else { return nil }
    let sender = row.sender ?? "?"
    let pair = Pair(network: networkText(of: address), domain: PastQuestion.senderDomain(sender))
    return Mail(pair: pair, sender: sender, recipient: row.recipient ?? "")
  }

  // MARK: The verdict's parts

  private func senders(_ counts: [Pair: Int]) -> [TrialVerdict.Sender] {
    counts.map { pair, messages in
      let known = trust[pair] ?? Trust()
      return TrialVerdict.Sender(
        network: pair.network, senderDomain: pair.domain, clientAddress: known.clientAddress,
        clientName: known.clientName, messages: messages, acceptedBefore: known.accepted,
        lastAccepted: known.last?.seconds)
    }.sorted {
      ($1.acceptedBefore, $1.messages, $0.network, $0.senderDomain)
        < ($0.acceptedBefore, $0.messages, $1.network, $1.senderDomain)
    }
  }

  private func unknowns(_ verdict: TrialVerdict) -> [String] {
    var sentences = ["mail of senders who did not write during the trial"]
    if !hasPast {
      sentences.append(
        "who was trusted before: the log does not reach back behind the trial's start")
    }
    if !verdict.hiddenBy.isEmpty {
      sentences.append("what it would have said to mail that was refused before it")
    }
    if ambiguous > 0 {
      sentences.append("whether \(ambiguous) trial lines are its own: their text fits others too")
    }
    if overflow > 0 { sentences.append("\(overflow) mails beyond the number that is kept") }
    return sentences
  }
}

extension PastQuestion {
  static func senderDomain(_ sender: String) -> String { domain(of: sender) }
}
