import HostSystem
import PostfixConfig
import SystemPackage

/// A configuration as it was read, with what the files were at that moment.
public struct ConfigurationSnapshot: Hashable, Sendable {
  /// The text of both files and what Postfix says.
  public var configuration: Configuration
  /// What main.cf was when it was read.
  public var main: FileStatus
  /// What master.cf was when it was read.
  public var master: FileStatus

  /// True when neither file's bytes differ.
  public func hasSameBytes(as other: ConfigurationSnapshot) -> Bool {
    configuration.main == other.configuration.main
      && configuration.master == other.configuration.master
  }
}

extension Instance {
  /// Finds the instance to work on and says plainly when there is none.
  ///
  /// - Parameter directory: what `--config-directory` says; nil for the directory that is compiled
  ///   into Postfix.
  /// - Throws: ``InstanceError`` with a way on.
  public static func discover(_ directory: String? = nil) throws(InstanceError) -> Instance {
    let postconf = try Postconf()
    var path = ""
    if let directory { path = directory } else { path = try postconf.standardDirectory() }
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    guard path.hasPrefix("/") else {
      throw InstanceError(
        .notConfigured, "\(path) is not an absolute path",
        remedy: "give --config-directory a path that begins with /")
    }
    let instance = Instance(configurationDirectory: path)
    _ = try instance.contents(of: .main)
    return instance
  }

  /// Reads both files and asks Postfix for its version, defaults and table types.
  ///
  /// - Throws: ``InstanceError`` when a file cannot be read or postconf fails.
  public func loadConfiguration() throws(InstanceError) -> ConfigurationSnapshot {
    let main = try contents(of: .main)
    let master = try contents(of: .master)
    let environment = try EnvironmentCache.shared.environment(for: self, master: master.bytes)
    return ConfigurationSnapshot(
      configuration: Configuration(
        main: MainCF(main.bytes), master: MasterCF(master.bytes), environment: environment),
      main: main.status, master: master.status)
  }

  /// Reads main.cf or master.cf.
  ///
  /// - Throws: ``InstanceError`` that says what to do when it is missing or closed to us.
  public func contents(of file: ConfigFile) throws(InstanceError) -> FileContents {
    let path = path(of: file)
    do {
      return try readFile(path)
    } catch {
      switch error.errno {
      case .noSuchFileOrDirectory, .notDirectory:
        throw InstanceError(
          .notConfigured, "there is no \(path)",
          remedy: "configure Postfix first (dpkg-reconfigure postfix), name its directory with "
            + "--config-directory, or try everything without risk: postgate sandbox start")
      case .permissionDenied, .notPermitted:
        throw InstanceError(
          .noAccess, "\(path) cannot be read by this user",
          remedy: "run postgate as root (sudo postgate)")
      default:
        throw InstanceError(.noAccess, "\(error)", remedy: "mend that and try again")
      }
    }
  }

  /// Refuses a configuration that others could have changed, before root runs Postfix on it.
  ///
  /// - Throws: ``InstanceError`` of kind `noAccess` naming the offending file or directory.
  public func requireTrusted() throws(InstanceError) {
    do {
      try requireTrust(configurationDirectory)
      try requireTrust(mainCF)
      try requireTrust(masterCF)
    } catch {
      throw InstanceError(.noAccess, "\(error)", remedy: "")
    }
  }
}
