import ChangeControl
import ConsoleCore
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal
import Synchronization

/// Holds rehearsals for the screen on a thread of its own, one at a time.
final class ConsoleRehearsals: Sendable {
  private struct State {
    var number = 0
    var isCancelled = false
  }

  private let context: Context
  private let mailbox: EventMailbox
  private let thread = WorkerThread()
  private let state = Mutex(State())

  init(context: Context, mailbox: EventMailbox) {
    self.context = context
    self.mailbox = mailbox
  }

  /// Ends what runs; what was answered by then is reported.
  func cancel() { state.withLock { $0.isCancelled = true } }

  /// Ends what runs, and the thread.
  func stop() {
    cancel()
    thread.stop()
  }

  /// Rehearses edits against the mail of the last seconds; the present files when `base` is nil.
  func start(_ edits: [Edit], base: ConfigurationSnapshot?, seconds: Int, subject: String) {
    cancel()
    thread.add { [self] in
      state.withLock { $0.isCancelled = false }
      do {
        mailbox.post(.rehearsal(.finished(try report(edits, base, seconds, subject))))
      } catch {
        mailbox.post(.rehearsal(.failed("\(error)")))
      }
    }
  }

  private var isCancelled: Bool { state.withLock { $0.isCancelled } }

  private func report(
    _ edits: [Edit], _ base: ConfigurationSnapshot?, _ seconds: Int, _ subject: String
  ) throws -> RehearsalReport {
    try context.instance.requireTrusted()
    let snapshot = try base ?? context.instance.loadConfiguration()
    guard let source = context.logSource() else { throw Failure("no mail log was found") }
    let since = LogTime(seconds: LogTime.now.seconds - Int64(seconds))
    let traffic = try PastTraffic.read(
      from: source, since: since, epochs: context.epochs(snapshot), isCancelled: { isCancelled })
    let staging = try StateDirectory().stagingDirectory()
    let layout = try context.instance.layout(of: snapshot.configuration, below: staging)
    try requireTrust(layout.daemonDirectory)
    var rehearsal = Rehearsal(
      instance: context.instance, layout: layout, stagingDirectory: staging)
    rehearsal.limits.isCancelled = { self.isCancelled }
    rehearsal.limits.progress = { done, total in
      let share = total > 0 ? Double(done) / Double(total) : nil
      self.mailbox.post(
        .rehearsal(.running(step: "asking Postfix, \(done) of \(total)", progress: share)))
    }
    let answer = try rehearsal.run(
      edits, on: snapshot.configuration, traffic: traffic, subject: subject)
    return RehearsalReport(
      answer, of: traffic, isRecording: HeloRecording.isOn(snapshot.configuration.policy()))
  }
}
