import HostSystem

/// A master daemon that runs.
public struct RunningState: Hashable, Sendable {
  /// The master's process number.
  public var pid: Int32
  /// Seconds since it was started; nil when /proc does not tell.
  public var uptime: Double?
}

extension Instance {
  /// The running master of this instance, nil when it does not run.
  ///
  /// Looks at who holds the lock on `pid/master.pid`, which master keeps for life. `postfix status`
  /// would log a line each time; trying the lock could keep a starting master from it.
  public static func running(queueDirectory: String) -> RunningState? {
    let path = queueDirectory + "/pid/master.pid"
    guard let pid = lockHolder(ofFile: path) else { return nil }
    return RunningState(pid: pid, uptime: processAge(pid))
  }
}
