import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal

/// What a rehearsal by command needs: the instance, its log, and a way to end early.
///
/// Ctrl-C ends the questions; what was answered by then is printed, and the rest told as not judged.
struct RehearsalStage {
  let context: Context
  let snapshot: ConfigurationSnapshot
  var rehearsal: Rehearsal
  private let service: String?

  var base: Configuration { snapshot.configuration }

  /// - Throws: ``Failure`` without root, and when the instance cannot be trusted.
  init(_ options: InstanceOptions, service: String?, dnsRate: Double) throws {
    context = try Context(options)
    guard context.isPrivileged else {
      throw Failure("a rehearsal runs a private Postfix, and that needs root (sudo postgate)")
    }
    self.service = service
    try context.instance.requireTrusted()
    snapshot = try context.instance.loadConfiguration()
    let staging = try StateDirectory().stagingDirectory()
    let layout = try context.instance.layout(of: snapshot.configuration, below: staging)
    try requireTrust(layout.daemonDirectory)
    var rehearsal = Rehearsal(
      instance: context.instance, layout: layout, stagingDirectory: staging)
    rehearsal.limits.dnsRate = dnsRate
    rehearsal.limits.isCancelled = { Self.isInterrupted }
    if isatty(STDERR_FILENO) == 1 {
      rehearsal.limits.progress = { done, total in
        writeProgress("asking Postfix: \(done) of \(total) (Ctrl-C ends it)")
      }
    }
    self.rehearsal = rehearsal
    Self.holdInterrupts()
  }

  /// The mail of the window.
  func traffic(since: LogTime, until: LogTime?) throws -> PastTraffic {
    guard let source = context.logSource() else {
      throw Failure("no mail log was found; name one with --log FILE")
    }
    let wanted = service.map { ServiceID($0) }
    let tags = wanted.map { wanted in
      Set(base.policy().services.filter { $0.service == wanted }.map(\.tag))
    }
    if isatty(STDERR_FILENO) == 1 { writeProgress("reading the log") }
    return try PastTraffic.read(
      from: source, since: since, until: until, epochs: context.epochs(snapshot), tags: tags,
      isCancelled: { Self.isInterrupted })
  }

  func clearProgress() {
    if isatty(STDERR_FILENO) == 1 { writeProgress("") }
  }

  /// From now on Ctrl-C is noted, not obeyed: the shadow must be taken down in order.
  private static func holdInterrupts() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// True after Ctrl-C.
  static var isInterrupted: Bool {
    var pending = sigset_t()
    sigemptyset(&pending)
    sigpending(&pending)
    return [SIGINT, SIGTERM, SIGHUP].contains { sigismember(&pending, $0) == 1 }
  }
}
