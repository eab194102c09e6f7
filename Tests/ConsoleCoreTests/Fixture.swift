import Attribution
import MailLog
import PostfixConfig
import TextGrid

@testable import ConsoleCore

/// The tutorial's configuration and a state that has read it.
enum Fixture {
  static let now = LogTime(seconds: 1_750_000_000)

  static let mainCF = """
    # Kept by the postmaster
    smtpd_helo_required = yes
    mua_helo_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_invalid_helo_hostname,
        reject_non_fqdn_helo_hostname,
        permit
    mua_recipient_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_unauth_destination,
        permit
    smtpd_helo_restrictions = $mua_helo_restrictions
    smtpd_recipient_restrictions = $mua_recipient_restrictions

    """

  static let masterCF = """
    smtp      inet  n       -       y       -       -       smtpd
    submission inet n       -       y       -       -       smtpd
      -o syslog_name=postfix/submission

    """

  static var configuration: Configuration {
    Configuration(
      main: MainCF(Array(mainCF.utf8)), master: MasterCF(Array(masterCF.utf8)),
      environment: PostfixEnvironment(
        version: PostfixVersion(major: 3, minor: 7, patch: 11),
        defaults: ["smtpd_relay_restrictions": "permit_mynetworks, defer_unauth_destination"],
        tableTypes: ["hash"]))
  }

  /// A state that has read the configuration.
  static func state(readOnly: Bool = false) -> AppState {
    var instance = InstanceStatus()
    instance.hostname = "mx1.example.org"
    instance.readOnlyReason = readOnly ? "not root" : nil
    var state = AppState(
      size: Size(width: 80, height: 24), now: now, utcOffset: 0, instance: instance)
    _ = reduce(&state, .configurationLoaded(configuration, revision: "r1"))
    return state
  }

  /// The state with the cursor on a restriction of the helo list.
  static func state(on name: String, readOnly: Bool = false) -> AppState {
    var state = state(readOnly: readOnly)
    state.gateCursor = GateRow.ID(stage: .helo, name: name, argument: nil, occurrence: 0)
    return state
  }

  static func snapshot(_ rows: [String: Int], isComplete: Bool = true) -> LogSnapshot {
    var coverage = Coverage()
    coverage.isComplete = isComplete
    var snapshot = LogSnapshot(
      since: LogTime(seconds: now.seconds - 3600), until: now, coverage: coverage,
      series: Series(start: now, stepSeconds: 60))
    for (name, count) in rows {
      snapshot.rows[RowKey(tag: "postfix", restriction: name)] = RowCount(rejects: count)
      snapshot.rejects += count
    }
    return snapshot
  }

  static func row(_ number: Int) -> LogRow {
    LogRow(
      sequence: UInt64(number), time: now, kind: .connect, tag: "postfix", program: "smtpd",
      pid: 1, text: "line \(number)", line: "line \(number)")
  }

  static func change(_ number: Int) -> HistoryEntry {
    HistoryEntry(
      number: number, time: "2026-11-23 02:00", who: "root", message: "tighten", outcome: "kept",
      isInForce: true, diff: "--- main.cf\n+++ main.cf\n-a\n+b\n")
  }

  static func session(_ pid: Int32) -> LiveSession {
    LiveSession(
      pid: pid, tag: "postfix", clientName: nil, clientAddress: "192.0.2.\(pid)",
      since: LogTime(seconds: now.seconds - Int64(pid)))
  }
}

extension AppState {
  /// Presses keys one after the other and returns the effects of the last.
  mutating func send(_ keys: Key...) -> [Effect] {
    var effects: [Effect] = []
    for key in keys { effects = reduce(&self, .key(key)) }
    return effects
  }

  /// The main.cf that the draft would write.
  var candidateText: String {
    String(decoding: draft?.candidate.main.bytes ?? [], as: UTF8.self)
  }
}

extension StyledLine {
  /// The words without their looks.
  var text: String { spans.map(\.text).joined() }
}
