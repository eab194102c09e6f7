import Glibc
import Testing

/// The direction of dependencies (DESIGN section 2): every import points down, and the pure targets
/// import nothing of the machine.
@Suite struct ArchitectureTests {
  /// What each target may import of our own, directly or through those below it.
  static let layers: [String: Set<String>] = [
    "TextGrid": [],
    "PostfixConfig": ["CatalogData"],
    "MailLog": ["CByteScan"],
    "Attribution": ["PostfixConfig", "MailLog"],
    "ConsoleCore": ["Attribution", "PostfixConfig", "MailLog", "TextGrid"],
    "ConsoleViews": ["ConsoleCore", "Attribution", "PostfixConfig", "MailLog", "TextGrid"],
    "HostSystem": ["CHostSystem"],
    "PostfixHost": ["HostSystem", "CHostSystem", "Attribution", "PostfixConfig", "MailLog"],
    "ChangeControl": [
      "PostfixHost", "HostSystem", "CHostSystem", "Attribution", "PostfixConfig", "MailLog",
    ],
    "Rehearsal": [
      "PostfixHost", "HostSystem", "CHostSystem", "Attribution", "PostfixConfig", "MailLog",
    ],
    "Sandbox": ["PostfixHost", "HostSystem", "Attribution", "PostfixConfig", "MailLog"],
    "CursesBackend": ["CTerminal", "TextGrid", "ConsoleCore"],
  ]
  static let pure: Set<String> = [
    "TextGrid", "PostfixConfig", "MailLog", "Attribution", "ConsoleCore", "ConsoleViews",
  ]
  /// Libraries without I/O that the pure targets may use.
  static let pureLibraries: Set<String> = [
    "DequeModule", "OrderedCollections", "HeapModule", "HashTreeCollections", "BasicContainers",
  ]

  @Test(arguments: layers.keys.sorted()) func importsPointDown(target: String) throws {
    let own = Set(Self.layers.keys).union([
      "CatalogData", "CByteScan", "CTerminal", "CHostSystem", "postgate",
    ])
    let allowed = try #require(Self.layers[target])
    let files = try swiftFiles(below: packageRoot + "/Sources/" + target)
    #expect(!files.isEmpty)
    for file in files {
      for module in imports(of: try readText(file)) {
        if own.contains(module) {
          #expect(
            allowed.contains(module), "\(file) imports \(module), which stands above \(target)")
        } else if Self.pure.contains(target) {
          #expect(
            Self.pureLibraries.contains(module), "\(file) imports \(module) into a pure target")
        }
      }
    }
  }

  @Test func everyTargetOfTheManifestIsKnownHere() throws {
    let manifest = try readText(packageRoot + "/Package.swift")
    for target in Self.layers.keys {
      #expect(manifest.contains("name: \"\(target)\""), "\(target) is not in Package.swift")
    }
  }

  @Test func noFileIsOverlong() throws {
    for file in try swiftFiles(below: packageRoot + "/Sources") {
      let lines = try readText(file).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= 450, "\(file) has \(lines) lines: is there a second idea in it?")
    }
  }
}

/// The folder that holds Package.swift.
let packageRoot: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  return parts.joined(separator: "/")
}()

private func imports(of text: String) -> [String] {
  text.split(separator: "\n").compactMap { line in
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count,
      words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
    else { return nil }
    return words[place + 1].split(separator: ".").first.map(String.init)
  }
}

private func swiftFiles(below folder: String) throws -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var files: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasPrefix(".") { continue }
    if name.hasSuffix(".swift") {
      files.append(folder + "/" + name)
    } else if entry.pointee.d_type == UInt8(DT_DIR) {
      files += try swiftFiles(below: folder + "/" + name)
    }
  }
  return files
}

private func readText(_ path: String) throws -> String {
  let file = try #require(fopen(path, "r"), "cannot read \(path)")
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&block, 1, block.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += block[..<count]
  }
}
