import Glibc

@testable import PostfixConfig

/// What the Postfix of this machine says about itself; nil where none is installed.
enum InstalledPostfix {
  static let environment: PostfixEnvironment? = {
    let lines = output("/usr/sbin/postconf -d 2>/dev/null")
    var defaults: [String: String] = [:]
    for line in lines {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let name = line[..<equals].split(separator: " ").first.map(String.init) ?? ""
      defaults[name] = String(line[line.index(after: equals)...].drop { $0 == " " })
    }
    guard let version = defaults["mail_version"].flatMap(PostfixVersion.init) else { return nil }
    return PostfixEnvironment(
      version: version, defaults: defaults,
      tableTypes: Set(output("/usr/sbin/postconf -m 2>/dev/null")))
  }()

  static let reason = "SKIPPED: /usr/sbin/postconf is missing, so nothing is held against it"

  /// The words of the smtpd program that look like names: what it compares restrictions with.
  static func names(in program: String) -> Set<String> {
    let bytes =
      (environment?.defaults["daemon_directory"]).map { contents("\($0)/\(program)") } ?? []
    var names: Set<String> = []
    for word in bytes.split(whereSeparator: { !$0.isNameByte }) where word.count > 3 {
      names.insert(String(decoding: word, as: UTF8.self))
    }
    return names
  }

  private static func output(_ command: String) -> [String] {
    guard let pipe = popen(command, "r") else { return [] }
    defer { pclose(pipe) }
    return read(pipe).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func contents(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    return read(file)
  }

  private static func read(_ stream: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&block, 1, block.count, stream), count > 0 {
      bytes += block[..<count]
    }
    return bytes
  }
}
