/// One Postfix configuration directory, the commands that speak for it and where its things lie.
public struct Instance: Hashable, Sendable {
  /// Absolute path of the directory with main.cf and master.cf.
  public var configurationDirectory: String

  public init(configurationDirectory: String) {
    self.configurationDirectory = configurationDirectory
  }

  public var mainCF: String { configurationDirectory + "/main.cf" }
  public var masterCF: String { configurationDirectory + "/master.cf" }
}
