/// Writes a log whose truth is known: interleaved sessions of several services, process ids that are
/// used again, every kind of reject, and lines of other programs.
///
/// The same seed makes the same log, whatever the machine.
public struct LogGenerator {
  /// What was written so far.
  public private(set) var truth = LogTruth()
  /// The log.
  public private(set) var bytes: [UInt8] = []
  /// The clock of the log, at its newest line.
  public private(set) var clock: LogClock

  private var random: SeededRandom
  private var open: [Session] = []
  private var freePIDs = Array(1000..<1040)
  private var serial = 0

  /// A session that is not over: the lines that are still to come.
  private struct Session {
    var pid: Int
    var tag: String
    var client: String
    var address: String
    var steps: [Step]
    var rejected = false
    var accepted = false
  }

  private enum Step {
    case reject(kind: Int, isTrial: Bool)
    case message(isLate: Bool)
    case incident(Int)
    case disconnect
  }

  /// The names under which smtpd and its kin may log.
  public static let tags = ["postfix", "postfix/submission", "postfix-out", "mx/in/25", "postfix"]

  /// Creates a generator.
  public init(seed: UInt64, form: LogClock.Form) {
    random = SeededRandom(seed)
    clock = LogClock(form)
  }

  /// Forgets the bytes written so far, not the truth: for logs that do not fit into memory.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// Writes until there are `lineCount` lines or a few more.
  public mutating func write(lineCount: Int) {
    while truth.lines < lineCount { writeStep() }
  }

  /// Ends every open session.
  public mutating func finish() {
    while !open.isEmpty {
      open[0].steps = [.disconnect]
      advance(0)
    }
  }

  private mutating func writeStep() {
    if open.isEmpty || (open.count < 32 && below(3) == 0) { beginSession() }
    advance(below(open.count))
    if below(12) == 0 { writeForeign() }
  }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func beginSession() {
    let address =
      below(5) == 0 ? "2001:db8::\(String(below(200), radix: 16))" : "192.0.2.\(below(250) + 1)"
    let name = below(3) == 0 ? "host\(below(50)).example" : "unknown"
    var steps: [Step] = (0..<below(4)).map { _ in
      let kind = below(RejectKind.all.count)
      return .reject(kind: kind, isTrial: RejectKind.all[kind].canBeTrial && below(6) == 0)
    }
    if below(2) == 0 { steps.append(.incident(below(Self.incidents.count))) }
    if below(3) == 0 { steps.append(.message(isLate: below(4) == 0)) }
    let session = Session(
      pid: freePIDs.remove(at: below(freePIDs.count)), tag: Self.tags[below(Self.tags.count)],
      client: "\(name)[\(address)]", address: address, steps: steps + [.disconnect])
    open.append(session)
    line("\(session.tag)/smtpd[\(session.pid)]", "connect from \(session.client)")
    truth.connections += 1
    truth.clients.insert(address)
  }

  /// Writes the next step of an open session.
  private mutating func advance(_ index: Int) {
    let session = open[index]
    let tag = "\(session.tag)/smtpd[\(session.pid)]"
    switch open[index].steps.removeFirst() {
    case .reject(let kind, let isTrial):
      writeReject(kind, isTrial: isTrial, session)
      // Only smtpd's lines tell whose session it is.
      if !isTrial && RejectKind.all[kind].program == "smtpd" { open[index].rejected = true }
    case .message(let isLate):
      open[index].accepted = true
      writeMessage(session, isLate: isLate)
      if isLate {
        // qmgr may log after the session's end.
        end(index)
        finishMessage(session)
      }
    case .incident(let number):
      let (program, text, name) = Self.incidents[number]
      line(
        program == "smtpd" ? tag : "\(session.tag)/\(program)[77]",
        fill(text, session, queueID: nextQueueID()))
      truth.incidents[name, default: 0] += 1
    case .disconnect: end(index)
    }
  }

  private mutating func end(_ index: Int) {
    let session = open.remove(at: index)
    line(
      "\(session.tag)/smtpd[\(session.pid)]",
      "disconnect from \(session.client) ehlo=1 mail=1 rcpt=0/1 commands=2/3")
    truth.ended += 1
    if session.rejected && !session.accepted { truth.refused += 1 }
    freePIDs.append(session.pid)
  }

  private mutating func writeReject(_ number: Int, isTrial: Bool, _ session: Session) {
    let kind = RejectKind.all[number]
    var message = fill(kind.message, session, queueID: nextQueueID())
    if isTrial { message = "NOQUEUE: reject_warning" + message.dropFirst(15) }
    let pid = kind.program == "smtpd" ? session.pid : 77
    line("\(session.tag)/\(kind.program)[\(pid)]", message)
    if isTrial {
      truth.trial += 1
      truth.trialByKind[number, default: 0] += 1
      return
    }
    truth.rejects += 1
    if !kind.reply.isEmpty { truth.byReply[kind.reply, default: 0] += 1 }
    truth.byCommand[kind.command, default: 0] += 1
    truth.byTag[session.tag, default: 0] += 1
    truth.byKind[number, default: 0] += 1
    truth.byHour[clock.seconds / 3600, default: 0] += 1
    // A filter's refusal names no client.
    if !message.hasPrefix("proxy-reject") { truth.byClient[session.address, default: 0] += 1 }
  }

  private mutating func writeMessage(_ session: Session, isLate: Bool) {
    let queueID = nextQueueID()
    line("\(session.tag)/smtpd[\(session.pid)]", "\(queueID): client=\(session.client)")
    line("postfix/cleanup[77]", "\(queueID): message-id=<\(queueID)@x.example>")
    truth.accepted += 1
    if !isLate { finishMessage(session) }
  }

  private mutating func finishMessage(_ session: Session) {
    // Numbers rise, so the last one given out is this message's.
    let queueID = queueID(serial)
    line("postfix/qmgr[78]", "\(queueID): from=<a@b.example>, size=999, nrcpt=1 (queue active)")
    let results = ["sent", "deferred", "bounced", "expired"]
    let result = results[below(4)]
    line(
      "postfix/local[79]",
      "\(queueID): to=<\"x>, relay=y, status=sent (\"@mx.example>, orig_to=<z@mx.example>, relay=local, "
        + "delay=1, delays=1/0/0/0, dsn=2.0.0, status=\(result) (status=sent (no))")
    truth.incidents[result, default: 0] += 1
    // A deferred message becomes active again and must not be counted twice.
    line("postfix/qmgr[78]", "\(queueID): from=<a@b.example>, size=999, nrcpt=1 (queue active)")
    line("postfix/qmgr[78]", "\(queueID): removed")
  }

  private mutating func nextQueueID() -> String {
    serial += 1
    return queueID(serial)
  }

  private func queueID(_ number: Int) -> String {
    String(0x10_0000_0000 + number * 7, radix: 16, uppercase: true)
  }

  private mutating func fill(_ text: String, _ session: Session, queueID: String) -> String {
    var result = ""
    var rest = Substring(text)
    let helo = "host\(below(40))"
    let sender = "u\(below(90))@d\(below(20)).example"
    let recipient = "user\(below(50))@mx.example"
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      switch rest[rest.index(after: brace)] {
      case "C": result += session.client
      case "A": result += session.address
      case "H": result += helo
      case "S": result += sender
      case "R": result += recipient
      default: result += queueID
      }
      rest = rest[rest.index(brace, offsetBy: 3)...]
    }
    return result + rest
  }

  private mutating func writeForeign() {
    let texts = [
      ("kernel", "[12.345] eth0: connect from nowhere[1.2.3.4]"),
      ("sshd[99]", "NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 5.7.1 <x>: Relay access denied"),
      ("dovecot", "imap-login: Login: user=<bob>, postfix/smtpd[7]: connect from y[192.0.2.3]"),
    ]
    let (tag, text) = texts[below(texts.count)]
    line(tag, text)
    truth.foreign += 1
  }

  private mutating func line(_ tag: String, _ message: String) {
    if below(3) == 0 { clock.advance(by: 1) }
    bytes += Array((clock.head(tag) + message + "\n").utf8)
    truth.lines += 1
  }
}
