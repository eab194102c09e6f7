import Glibc

/// Who sits at the keyboard, as far as the system knows; recorded with every change.
public struct UserIdentity: Hashable, Sendable, Codable {
  /// The user that logged in (`/proc/self/loginuid`), who stays the same through su and sudo.
  public var loginUser: String?
  /// The user whose rights we have.
  public var effectiveUser: String
  /// The user that called sudo.
  public var sudoUser: String?
  /// The terminal, for example `/dev/pts/3`.
  public var terminal: String?
  /// Address of the SSH client.
  public var sshPeer: String?

  /// Creates the value from its parts.
  public init(
    loginUser: String? = nil, effectiveUser: String, sudoUser: String? = nil,
    terminal: String? = nil, sshPeer: String? = nil
  ) {
    self.loginUser = loginUser
    self.effectiveUser = effectiveUser
    self.sudoUser = sudoUser
    self.terminal = terminal
    self.sshPeer = sshPeer
  }

  /// Asks the system about this process.
  public static func current() -> UserIdentity {
    let uid = geteuid()
    // SSH_CONNECTION: "client port server port".
    let peer = loginVariable("SSH_CONNECTION")?.split(separator: " ").first
    return UserIdentity(
      loginUser: loginUID().map(userName), effectiveUser: userName(uid),
      sudoUser: environmentVariable("SUDO_USER"), terminal: terminalName(),
      sshPeer: peer.map(String.init))
  }

  /// Everything that is known: `logged in as alice, sudo of alice, as root, /dev/pts/3, from 192.0.2.1`.
  public var details: String {
    let parts = [
      loginUser.map { "logged in as \($0)" }, sudoUser.map { "sudo of \($0)" },
      "as \(effectiveUser)", terminal, sshPeer.map { "from \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// One line: `alice (root, pts/3, from 192.0.2.1)`.
  public var summary: String {
    var details = [effectiveUser]
    if let terminal { details.append(terminal) }
    if let sshPeer { details.append("from \(sshPeer)") }
    return "\(sudoUser ?? loginUser ?? effectiveUser) (\(details.joined(separator: ", ")))"
  }

  /// A variable of the environment that the login began with: the one of the oldest process above us
  /// that has it.
  ///
  /// sudo(8) takes most variables out of ours, SSH_CONNECTION too.
  private static func loginVariable(_ name: String) -> String? {
    var found = environmentVariable(name)
    var process = getppid()
    // A chain is rarely longer than ten; one that is being rebuilt beneath us must end.
    for _ in 0..<64 where process > 1 {
      if let text = try? readProcFile("/proc/\(process)/environ"),
        let entry = text.split(separator: "\0").first(where: { $0.hasPrefix(name + "=") })
      {
        found = String(entry.dropFirst(name.utf8.count + 1))
      }
      guard let status = try? readProcFile("/proc/\(process)/stat"),
        let end = status.lastIndex(of: ")"),
        // proc(5): state and parent follow the name in parentheses.
        let parent = status[end...].split(separator: " ").dropFirst(2).first.flatMap({ pid_t($0) })
      else { return found }
      process = parent
    }
    return found
  }

  private static func loginUID() -> UInt32? {
    guard let text = try? readProcFile("/proc/self/loginuid"),
      let uid = UInt32(text.filter { $0 != "\n" }), uid != UInt32.max
    else { return nil }
    return uid
  }

  private static func terminalName() -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    for descriptor in [STDIN_FILENO, STDERR_FILENO] {
      if ttyname_r(descriptor, &buffer, buffer.count) == 0 {
        return String(
          decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    }
    return nil
  }
}

/// The value of an environment variable, nil when it is not set.
public func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// The name of a user, or the number when nobody has it.
public func userName(_ uid: UInt32) -> String {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16384)
  guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
    return String(uid)
  }
  return String(cString: entry.pw_name)
}

/// User and group number of a named user, nil when there is none.
public func userNumbers(_ name: String) -> (uid: UInt32, gid: UInt32)? {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16384)
  guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
    return nil
  }
  return (entry.pw_uid, entry.pw_gid)
}

/// The number of a named group, nil when there is none.
public func groupNumber(_ name: String) -> UInt32? {
  var entry = group()
  var found: UnsafeMutablePointer<group>?
  var buffer = [CChar](repeating: 0, count: 16384)
  guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
    return nil
  }
  return entry.gr_gid
}

/// The TCP port of a service by name (services(5)), nil when nobody knows it.
public func servicePort(_ name: String) -> UInt16? {
  var entry = servent()
  var found: UnsafeMutablePointer<servent>?
  var buffer = [CChar](repeating: 0, count: 4096)
  guard getservbyname_r(name, "tcp", &entry, &buffer, buffer.count, &found) == 0, found != nil
  else { return nil }
  return UInt16(bigEndian: UInt16(truncatingIfNeeded: entry.s_port))
}
