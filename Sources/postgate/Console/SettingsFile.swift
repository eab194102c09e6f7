import ConsoleCore
import Glibc
import HostSystem
import SystemPackage

extension ConsoleSettings {
  /// The settings of `/etc/postgate/config.toml`, and over them those of the user's
  /// `~/.config/postgate/config.toml` (XDG base directories); both may be missing.
  ///
  /// - Returns: one sentence for each file that could not be used, too; it then counts as missing.
  static func ofThisUser() -> (settings: ConsoleSettings, problems: [String]) {
    var settings = ConsoleSettings()
    var problems: [String] = []
    for path in paths {
      do {
        guard let text = try text(of: path) else { continue }
        settings = settings.overridden(by: try ConsoleSettings(text))
      } catch let error as SettingsError {
        problems.append("\(path), \(error); the file is not used")
      } catch {
        problems.append("\(error); the file is not used")
      }
    }
    return (settings, problems)
  }

  private static var paths: [String] {
    var paths = ["/etc/postgate/config.toml"]
    if let base = getenv("XDG_CONFIG_HOME").map({ String(cString: $0) }), base.hasPrefix("/") {
      paths.append(base + "/postgate/config.toml")
    } else if let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") {
      paths.append(home + "/.config/postgate/config.toml")
    }
    return paths
  }

  private static func text(of path: String) throws -> String? {
    guard access(path, F_OK) == 0 else { return nil }
    // Keys decide what root does: nobody else may set them for root.
    if geteuid() == 0 { try requireTrust(path) }
    return String(decoding: try readFile(path).bytes, as: UTF8.self)
  }
}
