import Glibc
import MailLog

/// The kernel's witness of the open connections of one Postfix instance.
///
/// Looks at the children of the instance's master that serve SMTP, at the sockets that they hold
/// and at the kernel's tables of TCP connections.
public struct LiveConnections: Sendable {
  /// The instance's queue directory, which names its master.
  public var queueDirectory: String

  /// What one look has shown.
  public struct Look: Hashable, Sendable {
    /// The master process; nil when the instance does not run.
    public var master: Int32?
    /// The server processes (smtpd and postscreen) that run, idle ones too.
    public var servers: Set<Int32>
    /// The open connections, in the order of pid and client port.
    public var sockets: [LiveSocket]
    /// False when we may not see into the processes: then `sockets` says nothing.
    public var isComplete: Bool

    /// Makes the result of a look.
    public init(master: Int32?, servers: Set<Int32>, sockets: [LiveSocket], isComplete: Bool) {
      self.master = master
      self.servers = servers
      self.sockets = sockets
      self.isComplete = isComplete
    }
  }

  private static let programs: Set<String> = ["smtpd", "postscreen"]

  /// Looks for the instance with this queue directory.
  public init(queueDirectory: String) { self.queueDirectory = queueDirectory }

  /// The running master of the instance; nil when there is none.
  ///
  /// pid/master.pid outlives its process, so the process must be called `master` and, where we may
  /// see it, work in this queue directory.
  public func master() -> LiveProcess? {
    guard let text = LiveProcFile.read(queueDirectory + "/pid/master.pid"),
      let pid = Int32(
        String(decoding: text.filter { $0 != 0x20 && $0 != 0x0A }, as: UTF8.self)),
      let process = LiveProcess(pid: pid), process.name == "master", !process.isZombie
    else { return nil }
    if let directory = process.workingDirectory, directory != resolvedQueueDirectory { return nil }
    return process
  }

  /// Looks once. Meant to be called about twice a second, from a worker.
  public func look() -> Look {
    guard let master = master() else {
      // Only root may read master.pid on some systems: then we do not know whether it runs.
      let hidden = access(queueDirectory + "/pid/master.pid", R_OK) != 0 && errno == EACCES
      return Look(master: nil, servers: [], sockets: [], isComplete: !hidden)
    }
    var holders: [UInt64: LiveProcess] = [:]
    var servers: Set<Int32> = []
    var complete = true
    for process in LiveProcess.children(of: master.pid)
    where Self.programs.contains(process.name) {
      servers.insert(process.pid)
      guard let inodes = Self.socketInodes(of: process.pid) else {
        complete = complete && !process.isAlive
        continue
      }
      for inode in inodes { holders[inode] = process }
    }
    var table = LiveSocketTable()
    let wanted = Set(holders.keys)
    for path in ["/proc/net/tcp", "/proc/net/tcp6"] where !wanted.isEmpty {
      table.read(LiveProcFile.read(path) ?? [], wanted: wanted)
    }
    let sockets = table.established.compactMap { inode, entry in
      holders[inode].map { LiveSocket(entry, of: $0) }
    }
    return Look(
      master: master.pid, servers: servers,
      sockets: sockets.sorted { ($0.pid, $0.remotePort) < ($1.pid, $1.remotePort) },
      isComplete: complete)
  }

  /// The inodes of the sockets that a process holds; nil when we may not look.
  private static func socketInodes(of pid: Int32) -> [UInt64]? {
    let directory = "/proc/\(pid)/fd"
    guard access(directory, R_OK) == 0 else { return nil }
    return LiveProcFile.entries(directory).compactMap { name in
      guard let target = LiveProcFile.linkTarget(directory + "/" + name),
        target.hasPrefix("socket:[")
      else {
        return nil
      }
      return UInt64(target.dropFirst(8).dropLast())
    }
  }

  /// The queue directory without symbolic links, as the kernel names a working directory.
  private var resolvedQueueDirectory: String {
    guard let resolved = realpath(queueDirectory, nil) else { return queueDirectory }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

extension LiveSocket {
  init(_ entry: LiveSocketTable.Entry, of process: LiveProcess) {
    self.init(
      pid: process.pid, program: process.name, localAddress: entry.localAddress,
      localPort: entry.localPort, remoteAddress: entry.remoteAddress, remotePort: entry.remotePort)
  }
}
