import Attribution
import MailLog
import PostfixConfig
import TextGrid

@testable import ConsoleCore

/// A fixed state, as a busy server would give it, for text snapshots.
enum Fixture {
  static let now = LogTime(seconds: 1_750_000_000)

  static func state(width: Int = 80, height: Int = 24) -> AppState {
    var instance = InstanceStatus()
    instance.hostname = "mx1.example.org"
    instance.version = "3.7.11"
    instance.isRunning = true
    instance.runningSince = LogTime(seconds: now.seconds - 273_600)
    instance.configurationDirectory = "/etc/postfix"
    instance.logName = "mail.log"
    var state = AppState(
      size: Size(width: width, height: height), now: now, utcOffset: 7200, instance: instance)
    state.policy = policy
    state.basePolicy = policy
    state.offers = [
      .client: ["reject_unknown_client_hostname"], .helo: ["reject_unknown_helo_hostname"],
    ]
    state.serviceID = ServiceID(name: "smtp")
    _ = reduce(&state, .logSnapshot(snapshot))
    _ = reduce(&state, .sessions(sessions))
    _ = reduce(&state, .logRows(rows))
    return state
  }

  static let policy = Policy(services: [
    ServicePolicy(
      service: ServiceID(name: "smtp"), tag: "postfix",
      lists: [
        list(.client, origin: "mua_client_restrictions", ["permit_mynetworks"], line: 20),
        list(
          .helo, origin: "mua_helo_restrictions",
          ["permit_mynetworks", "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname"],
          line: 30, trial: ["reject_invalid_helo_hostname"]),
        list(
          .sender, origin: "smtpd_sender_restrictions",
          ["reject_non_fqdn_sender", "reject_unknown_sender_domain"], line: 40),
        list(
          .recipient, origin: "smtpd_recipient_restrictions",
          ["reject_unauth_destination", "reject_rbl_client zen.example.net", "permit"], line: 50,
          off: ["reject_rbl_client zen.example.net"]),
      ])
  ])

  private static func list(
    _ stage: Stage, origin: String, _ entries: [String], line: Int, trial: Set<String> = [],
    off: Set<String> = []
  ) -> RestrictionList {
    let restrictions = entries.enumerated().map { index, entry in
      let parts = entry.split(separator: " ").map(String.init)
      let argument = parts.count > 1 ? parts[1] : nil
      return Restriction(
        name: parts[0], argument: argument,
        state: trial.contains(entry) ? .trial : off.contains(entry) ? .off : .on,
        origin: Origin(
          location: SourceLocation(file: .main, line: line + index), parameter: origin),
        target: RestrictionTarget(parameter: origin, name: parts[0], argument: argument))
    }
    return RestrictionList(stage: stage, originParameter: origin, restrictions: restrictions)
  }

  static var snapshot: LogSnapshot {
    var coverage = Coverage()
    coverage.isComplete = true
    coverage.progress = 1
    let start = LogTime(seconds: now.seconds - 570)
    var snapshot = LogSnapshot(
      since: LogTime(seconds: now.seconds - 3600), until: now, coverage: coverage,
      series: Series(
        start: start, stepSeconds: 60, connections: [5, 9, 20, 31, 24, 18, 12, 30, 33, 16],
        rejects: [4, 8, 19, 30, 22, 17, 11, 28, 30, 15], accepted: [1, 1, 1, 1, 2, 1, 1, 2, 3, 1]))
    snapshot.connections = 1904
    snapshot.accepted = 160
    snapshot.endedSessions = 1890
    snapshot.refusedSessions = 1727
    snapshot.rejects = 1391
    snapshot.trial = 88
    snapshot.rows = [
      key("reject_non_fqdn_helo_hostname"): RowCount(rejects: 1204),
      key("reject_invalid_helo_hostname"): RowCount(trial: 88),
      key("reject_unknown_sender_domain"): RowCount(rejects: 41),
      key("reject_unauth_destination"): RowCount(rejects: 103),
      key("reject_unlisted_recipient"): RowCount(rejects: 36),
    ]
    snapshot.open = [
      OpenGroup(
        tag: "postfix",
        candidates: [
          CauseCandidate(name: "check_client_access"), CauseCandidate(name: "reject"),
        ], count: 7)
    ]
    return snapshot
  }

  private static func key(_ name: String) -> RowKey { RowKey(tag: "postfix", restriction: name) }

  static var sessions: [LiveSession] {
    var refused = session(pid: 100, "203.0.113.9", age: 4)
    refused.helo = "ylmf-pc"
    refused.rejects = 1
    refused.verdict = "rejected at RCPT"
    var good = session(pid: 101, "198.51.100.7", age: 11)
    good.clientName = "mail.example.net"
    good.helo = "mail.example.net"
    good.tls = "TLSv1.3"
    good.messages = 1
    var ghost = session(pid: 102, "2001:db8::25", age: 8000)
    ghost.witness = .stale
    ghost.helo = "\u{1B}]0;evil\u{07}\u{202E}moc"
    return [refused, good, ghost]
  }

  private static func session(pid: Int32, _ address: String, age: Int64) -> LiveSession {
    LiveSession(
      pid: pid, tag: "postfix", clientName: nil, clientAddress: address,
      since: LogTime(seconds: now.seconds - age), witness: .confirmed)
  }

  static var rows: [LogRow] {
    var connect = row(.connect, "connect from unknown", age: 5)
    connect.clientAddress = "203.0.113.9"
    var accepted = row(.accepted, "queued", age: 3)
    accepted.clientAddress = "198.51.100.7"
    accepted.sender = "a@example.net"
    accepted.recipient = "info@example.org"
    var reject = row(.reject, "Helo command rejected: need fully-qualified hostname", age: 1)
    reject.clientAddress = "203.0.113.9"
    reject.helo = "ylmf-pc"
    reject.code = 504
    reject.enhancedCode = "5.5.2"
    reject.recipient = "漢字@example.org"
    reject.candidates = [CauseCandidate(name: "reject_non_fqdn_helo_hostname")]
    let warning = row(.warning, "table \u{1B}[31mhash:/etc/postfix/x\u{202E} is missing", age: 0)
    return [connect, accepted, reject, warning]
  }

  private static func row(_ kind: LogRow.Kind, _ text: String, age: Int64) -> LogRow {
    LogRow(
      time: LogTime(seconds: now.seconds - age), kind: kind, tag: "postfix", program: "smtpd",
      pid: 100, text: text, line: "smtpd[100]: " + text)
  }
}
