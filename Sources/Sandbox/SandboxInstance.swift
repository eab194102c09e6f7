import Glibc
import HostSystem
import PostfixHost

/// A private Postfix with its own DNS in one directory, on free loopback ports.
///
/// It shares nothing with the system's Postfix but the programs. Several sandboxes may run at once,
/// each in its own directory. All calls may be repeated; calls of several processes on one
/// directory wait for each other.
public struct SandboxInstance: Hashable, Sendable {
  /// Where the sandbox lives when nothing else is said.
  ///
  /// Not below a directory that only root may enter: Postfix's own user must pass through.
  public static let defaultDirectory = "/var/lib/postgate-sandbox"

  /// Absolute path of the sandbox's directory.
  public let directory: String

  /// The sandbox in this directory, whether it exists yet or not.
  public init(directory: String = SandboxInstance.defaultDirectory) { self.directory = directory }

  /// The Postfix instance, for everything that works on instances.
  public var instance: Instance { Instance(configurationDirectory: layout.configuration) }

  /// The mail log that the instance writes.
  public var logFile: String { layout.logFile }

  /// The queue directory of the instance.
  public var queueDirectory: String { layout.queue }

  var layout: SandboxLayout { SandboxLayout(directory: directory) }

  /// Starts the sandbox, or says how it stands when it runs already.
  ///
  /// A main.cf that is there is kept with all edits, and so are the ports when they are still free.
  /// The look for a greeting leaves one session without mail on each service in the log.
  ///
  /// - Parameter fresh: writes main.cf and master.cf anew and drops log, queue and mailboxes.
  /// - Throws: ``SandboxError``; nothing is left running then.
  @discardableResult
  public func start(fresh: Bool = false) throws(SandboxError) -> SandboxStatus {
    guard geteuid() == 0 else { throw .needsRoot }
    let programs = try SandboxPrograms.find()
    try layout.prepare(postfix: programs.mailOwner)
    if try SandboxFiles.read(layout.stateFile) == nil { try write(SandboxState()) }
    return try locked { () throws(SandboxError) in
      let now = try status()
      if now.isRunning && !fresh { return now }
      try stopLocked()
      if fresh { try clear(programs) }
      do throws(SandboxError) {
        return try startLocked(programs)
      } catch {
        try? stopLocked()
        throw error
      }
    }
  }

  /// Stops Postfix and the DNS server; does nothing when neither runs.
  ///
  /// - Throws: ``SandboxError`` when a process of the sandbox outlives it.
  public func stop() throws(SandboxError) {
    var found = stat()
    guard lstat(directory, &found) == 0 else { return }
    guard geteuid() == 0 else { throw .needsRoot }
    try locked { () throws(SandboxError) in try stopLocked() }
  }

  /// Stops the sandbox and deletes its directory.
  ///
  /// - Throws: ``SandboxError`` when the directory holds anything but a sandbox.
  public func remove() throws(SandboxError) {
    try layout.requireOurs()
    try stop()
    try SandboxFiles.removeTree(directory)
  }

  /// How the sandbox stands. Needs no rights beyond reading its directory.
  public func status() throws(SandboxError) -> SandboxStatus {
    let state = try readState()
    return SandboxStatus(
      directory: directory, configurationDirectory: layout.configuration,
      queueDirectory: layout.queue, logFile: layout.logFile, smtpPort: state.smtpPort,
      submissionPort: state.submissionPort, dnsAddress: state.dnsAddress,
      masterPID: LiveConnections(queueDirectory: layout.queue).master()?.pid
        ?? state.master?.process?.pid,
      dnsPID: state.dns?.process?.pid)
  }

  func readState() throws(SandboxError) -> SandboxState {
    SandboxState(try SandboxFiles.read(layout.stateFile) ?? [])
  }

  func write(_ state: SandboxState) throws(SandboxError) {
    try SandboxFiles.write(state.text.utf8, to: layout.stateFile)
  }

  /// Holds the directory's lock, so that start and stop of two processes do not mix.
  private func locked<Result>(
    _ body: () throws(SandboxError) -> Result
  ) throws(SandboxError) -> Result {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw SandboxFiles.failure("open \(directory)") }
    defer { close(descriptor) }
    let deadline = monotonicSeconds() + 60
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, monotonicSeconds() < deadline else {
        throw SandboxFiles.failure("lock \(directory), which another postgate holds")
      }
      usleep(50_000)
    }
    return try body()
  }
}
