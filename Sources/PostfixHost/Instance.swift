import HostSystem
import PostfixConfig

/// One Postfix configuration directory, the commands that speak for it and where its things lie.
public struct Instance: Hashable, Sendable {
  /// Absolute path of the directory with main.cf and master.cf.
  public var configurationDirectory: String

  /// Names an instance by its configuration directory; nothing is looked up.
  public init(configurationDirectory: String) {
    self.configurationDirectory = configurationDirectory
  }

  /// Path of main.cf.
  public var mainCF: String { configurationDirectory + "/main.cf" }
  /// Path of master.cf.
  public var masterCF: String { configurationDirectory + "/master.cf" }

  /// The path of one of the two files.
  public func path(of file: ConfigFile) -> String {
    configurationDirectory + "/" + file.rawValue
  }

  /// The name of its directory below the state directory: `etc-postfix`.
  public var stateName: String { StateDirectory.instanceName(for: configurationDirectory) }
}
