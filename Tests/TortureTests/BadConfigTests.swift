import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import Synchronization
import TestSupport
import Testing

@testable import ChangeControl

/// What the table of known mistakes does when the checks in front of the write have not seen it: the
/// look afterwards puts the old state back.
@Suite(.serialized, .enabled(if: canRunPostfix, "SKIPPED: needs root and Postfix"))
struct BadConfigTests {
  struct Mistake: Sendable {
    enum Effect: String, Sendable {
      case dead = "server dead"
      case deferred = "everyone deferred"
      case silent = "silently not enforced"
    }

    var name: String
    var effect: Effect
    var old: String
    var new: String

    init(_ name: String, _ effect: Effect, _ new: String, insteadOf old: String = "") {
      (self.name, self.effect, self.old, self.new) = (name, effect, old, new)
    }

    func applied(to text: String) -> String {
      old.isEmpty ? text + new + "\n" : text.replacing(old, with: new)
    }
  }

  private static let helo = "    reject_invalid_helo_hostname,\n"
  private static let protection = "    reject_unauth_destination,\n"

  static let mistakes: [Mistake] = [
    Mistake("unknown restriction", .deferred, "    reject_no_such_thing,\n", insteadOf: helo),
    Mistake("undefined class", .dead, "smtpd_restriction_classes = nowhere"),
    Mistake(
      "comment behind a comma", .deferred, "    reject_invalid_helo_hostname, # ours\n",
      insteadOf: helo),
    Mistake(
      "table without type", .deferred, "    check_helo_access /nowhere/access,\n", insteadOf: helo),
    Mistake(
      "unknown table type", .deferred, "    check_helo_access nosuch:/nowhere/access,\n",
      insteadOf: helo),
    Mistake(
      "table missing", .deferred, "    check_helo_access hash:/nowhere/access,\n", insteadOf: helo),
    Mistake(
      "policy service down", .deferred, "    check_policy_service unix:private/nobody,\n",
      insteadOf: helo),
    Mistake(
      "reject_rbl_client without argument at the end", .silent,
      "smtpd_data_restrictions = reject_rbl_client"),
    Mistake(
      "warn_if_reject at the end", .silent, "smtpd_data_restrictions = warn_if_reject"),
    Mistake(
      "undefined $mua_helo_restrictions", .silent,
      "smtpd_data_restrictions = $mua_helo_restrictions"),
    Mistake(
      "recipient test in the helo list, smtpd_delay_reject = no", .silent,
      "    reject_non_fqdn_recipient,\n", insteadOf: helo),
    Mistake(
      "restriction behind permit", .silent,
      "smtpd_data_restrictions = permit, reject_unauth_pipelining"),
    Mistake("reject code 999", .deferred, "unknown_address_reject_code = 999"),
    Mistake(
      "deprecated name", .silent, "    reject_invalid_hostname,\n", insteadOf: helo),
    Mistake(
      "class loop", .dead,
      "smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1\nsmtpd_data_restrictions = c1"),
    Mistake("no relay protection", .dead, "", insteadOf: protection),
    Mistake(
      "warn_if_reject reject_unauth_destination", .dead,
      "    warn_if_reject reject_unauth_destination,\n", insteadOf: protection),
    Mistake("bad time unit", .dead, "smtpd_error_sleep_time = 5x"),
    Mistake("bad number", .dead, "smtpd_client_connection_count_limit = many"),
    Mistake("missing brace", .dead, "smtpd_banner = ${myhostname"),
    Mistake("$ loop", .dead, "a = $b\nb = $a\nsmtpd_banner = $a"),
  ]

  /// Seconds that Postfix keeps a service away after a fatal end: its default in a whole walk.
  private static let throttle = tortureStep == 1 ? 60 : 2

  private static func room() throws -> ScratchInstance {
    // The stranger is none of the own networks.
    try ScratchInstance(
      ScratchInstance.tutorial + """
        mynetworks = 127.0.0.1/32, 10.0.0.0/8
        service_throttle_time = \(throttle)s

        """)
  }

  @Test func theLookAfterwardsPutsBackWhatTheChecksDidNotSee() throws {
    let left = Mutex(Self.mistakes[...])
    let found = Mutex([String]())
    let threads = (0..<4).map { _ in
      startThread {
        while let mistake = left.withLock({ $0.popFirst() }) {
          do {
            let complaints = try Self.visit(mistake)
            found.withLock { $0 += complaints.map { "\(mistake.name): \($0)" } }
          } catch {
            found.withLock { $0.append("\(mistake.name): \(error)") }
          }
        }
      }
    }
    for thread in threads {
      if let thread { pthread_join(thread, nil) }
    }
    #expect(found.withLock { $0 } == [])
    print(
      "bad configurations: \(Self.mistakes.count) forced past the checks; after a fatal end "
        + "service_throttle_time was \(Self.throttle) s")
  }

  private static func visit(_ mistake: Mistake) throws -> [String] {
    let scratch = try room()
    if mistake.name.contains("smtpd_delay_reject") {
      try scratch.write("main.cf", try scratch.mainText + "smtpd_delay_reject = no\n")
    }
    let old = try scratch.mainText
    let new = mistake.applied(to: old)
    guard new != old else { return ["the text does not change"] }
    let stranger = Stranger(port: scratch.port)
    defer { stranger.stop() }
    var found: [String] = []
    if !waitUntil(20, { stranger.isServed }) { found.append("not served before") }
    let start = monotonicSeconds()
    let ended = try force(new, on: scratch)
    let seconds = monotonicSeconds() - start
    if ended == nil { found.append("it was kept") }
    if try scratch.mainText != old { found.append("the old text is not back") }
    let record = try Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog()
    ).history().record(1)
    if record.phase != .putBack { found.append(record.summary) }
    if !waitUntil(Double(throttle) + 60, { stranger.isServed(since: start + seconds) }) {
      let log = scratch.logText.split(separator: "\n").suffix(12).joined(separator: "\n")
      found.append("no service afterwards; the log says:\n\(log)")
    }
    let away = Format.seconds(stranger.secondsAway)
    print(
      "  \(mistake.name) (\(mistake.effect.rawValue)): "
        + (ended.map { "put back after \(Format.seconds(seconds)): \($0)" }
          ?? "kept")
        + "; a stranger was without service for \(away)")
    return found
  }

  /// Writes, reloads and looks without the checks in front of it.
  ///
  /// - Returns: why it was put back; nil when it was not.
  private static func force(_ new: String, on scratch: ScratchInstance) throws -> String? {
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    let before = try scratch.instance.loadConfiguration().configuration
    var after = before
    after.main = MainCF(Array(new.utf8))
    let outcome = Outcome(
      result: .planned, diff: "", report: PreflightReport(), before: before, after: after)
    let locked = try LockedPair(scratch.instance, tables: [])
    defer { locked.release() }
    do {
      _ = try transaction.write(
        outcome, .text(original: before.main.bytes, edited: after.main.bytes), locked,
        layout: try scratch.instance.layout(), options: ChangeOptions())
      return nil
    } catch ChangeError.putBack(_, let reason) {
      return reason
    }
  }

  /// Through the front door: the table goes between the checks and the write.
  @Test func aTableThatGoesAfterTheCheckIsFound() throws {
    let scratch = try Self.room()
    let table = scratch.root + "/etc/helo"
    try writeNewFile(table, Array("mail.example.net DUNNO\n".utf8), mode: 0o644)
    #expect(
      try Command("/usr/sbin/postmap", ["-c", scratch.root + "/etc", "hash:" + table]).run()
        .succeeded)
    let old = try scratch.mainText
    let new = old.replacing(
      Self.helo, with: "    check_helo_access hash:\(table),\n" + Self.helo)
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    let entry = try transaction.history().path(1)
    let thief = startThread {
      // Recorded when the checks are done, before anything is written.
      _ = waitUntil(20) { access(entry, F_OK) == 0 }
      unlink(table + ".db")
    }
    #expect {
      try transaction.apply(.text(original: Array(old.utf8), edited: Array(new.utf8)))
    } throws: { error in
      guard case .putBack(_, let reason)? = error as? ChangeError else { return false }
      return reason.contains(table)
    }
    if let thief { pthread_join(thief, nil) }
    #expect(try scratch.mainText == old)
  }
}

/// A client of the world that tries again and again to bring mail.
private final class Stranger: Sendable {
  private struct State {
    var isOver = false
    var lastServed: Double?
    var away = 0.0
  }

  private let state: Mutex<State>
  private let finished: Mutex<Bool>
  private let port: UInt16

  init(port: UInt16) {
    self.port = port
    state = Mutex(State())
    finished = Mutex(false)
    _ = startThread { [self] in
      while !state.withLock({ $0.isOver }) {
        let begun = monotonicSeconds()
        let isServed = call()
        let now = monotonicSeconds()
        state.withLock { state in
          guard isServed else { return }
          // Calls follow each other within half a second while they are answered.
          if let last = state.lastServed, begun - last > 0.5 { state.away += begun - last }
          state.lastServed = now
        }
        usleep(100_000)
      }
      finished.withLock { $0 = true }
    }
  }

  private func call() -> Bool {
    guard
      let client = try? SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: port), from: "127.0.0.5", timeout: 2),
      client.greeting.isPositive, (try? client.ehlo("mail.example.net"))?.isPositive == true,
      (try? client.mail(from: ""))?.isPositive == true,
      let reply = try? client.rcpt(to: "info@example.org")
    else { return false }
    _ = try? client.quit()
    return reply.isPositive
  }

  var isServed: Bool { state.withLock { $0.lastServed != nil } }

  func isServed(since time: Double) -> Bool {
    state.withLock { ($0.lastServed ?? 0) > time }
  }

  /// From the last mail that went before to the first that went again.
  var secondsAway: Double { state.withLock { $0.away } }

  func stop() {
    state.withLock { $0.isOver = true }
    _ = waitUntil(10) { finished.withLock { $0 } }
  }
}
