import HostSystem
import PostfixConfig
import Synchronization

/// What postconf said about version and defaults, kept as long as it can stay true.
///
/// Both depend on the installed program and on master.cf only, never on main.cf.
final class EnvironmentCache: Sendable {
  static let shared = EnvironmentCache()

  private struct Key: Hashable {
    var directory: String
    var program: FileStatus
    var master: [UInt8]
  }

  private let kept = Mutex<[Key: PostfixEnvironment]>([:])

  func environment(
    for instance: Instance, master: [UInt8]
  ) throws(InstanceError) -> PostfixEnvironment {
    let postconf = try Postconf()
    guard let program = try? FileStatus(of: postconf.executable) else {
      throw InstanceError(.notInstalled, "postconf went away", remedy: "install Postfix")
    }
    let directory = instance.configurationDirectory
    let key = Key(directory: directory, program: program, master: master)
    if let known = kept.withLock({ $0[key] }) { return known }
    var defaults = try postconf.defaults(in: directory)
    // postconf -d tells the compiled-in directory; the programs use the one that they were given.
    defaults["config_directory"] = directory
    guard let version = PostfixVersion(defaults["mail_version"] ?? "") else {
      throw InstanceError(
        .failed, "postconf does not tell its mail_version", remedy: "check the Postfix installation"
      )
    }
    let environment = PostfixEnvironment(
      version: version, defaults: defaults, tableTypes: try postconf.tableTypes(in: directory))
    kept.withLock { entries in
      // One entry an instance is all that is ever asked for again.
      entries = entries.filter { $0.key.directory != directory }
      entries[key] = environment
    }
    return environment
  }
}
