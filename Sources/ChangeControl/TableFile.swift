import Glibc
import HostSystem
import PostfixConfig
import PostfixHost

/// An access table that a change may touch: its source and, by its type, its index.
struct TableFile: Hashable {
  /// `type:path`.
  let name: String
  let type: String
  /// Of the source, as main.cf names it.
  let path: String

  /// Index file suffixes of the types that keep one file (DATABASE_README); nil for types that are
  /// read from the source.
  private static let suffixes: [String: String?] = [
    "hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb", "texthash": nil, "cidr": nil,
  ]

  /// - Throws: ``ChangeError/doesNotFit(_:)`` for a type that cannot be edited entry by entry.
  init(_ name: String) throws(ChangeError) {
    let plain = name.hasPrefix("proxy:") ? String(name.dropFirst(6)) : name
    let parts = plain.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[1].hasPrefix("/"), Self.suffixes[String(parts[0])] != nil else {
      throw .doesNotFit(
        "\(name) is no table that can be edited entry by entry; that works for hash, btree, lmdb, "
          + "cdb, texthash and cidr tables with an absolute path")
    }
    self.name = plain
    type = String(parts[0])
    path = String(parts[1])
  }

  /// The suffix of its index; nil when it has none.
  var indexSuffix: String? { Self.suffixes[type] ?? nil }

  /// The source as it is now.
  ///
  /// - Throws: ``ChangeError`` when others could have changed it, or it cannot be read.
  func contents() throws(ChangeError) -> [UInt8] {
    do {
      try requireTrust(path)
      return try readFile(path).bytes
    } catch {
      throw .system("\(error)")
    }
  }
}

/// Copies of tables with their indexes, built by postmap(1) below the state directory.
final class TableStage: Sendable {
  private let directory: String
  /// The live path of each source, and that of its copy.
  let paths: [(live: String, staged: String)]

  /// - Parameter directory: the staging directory, 0700 and ours.
  /// - Throws: ``ChangeError`` with postmap's own words when it refuses a table.
  init(
    _ tables: [String: [UInt8]], of instance: Instance, layout: InstanceLayout,
    below directory: String, log: CommandLog
  ) throws(ChangeError) {
    let root = "\(directory)/\(getpid())-tables"
    var paths: [(live: String, staged: String)] = []
    self.directory = root
    do {
      try removeTree(root)
      if !tables.isEmpty { try makePrivateDirectory(root) }
      for (name, bytes) in tables.sorted(by: { $0.key < $1.key }) {
        let table = try TableFile(name)
        let copy = "\(root)/table\(paths.count)"
        try writeNewFile(copy, bytes)
        paths.append((table.path, copy))
        guard table.indexSuffix != nil else { continue }
        let result = try log.run(
          Command(
            layout.commandDirectory + "/postmap",
            ["-c", instance.configurationDirectory, "\(table.type):\(copy)"], timeout: 60))
        guard result.succeeded, !result.errorText.contains("fatal:") else {
          let said = result.errorText.replacing(copy, with: table.path)
            .split(separator: "\n").joined(separator: "; ")
          throw ChangeError.doesNotFit("postmap refuses the table: \(said)")
        }
      }
    } catch let error as ChangeError {
      throw error
    } catch {
      throw .system("the table cannot be staged: \(error)")
    }
    self.paths = paths
  }

  deinit { try? removeTree(directory) }

  /// The index of a table that was staged; nil when its type has none.
  func index(of table: TableFile) throws(SystemError) -> [UInt8]? {
    guard let suffix = table.indexSuffix,
      let staged = paths.first(where: { $0.live == table.path })?.staged
    else { return nil }
    return try readFile(staged + suffix, limit: 256 << 20).bytes
  }

  /// The configuration with the copies in place of the live tables, for a private instance.
  func redirecting(_ configuration: Configuration) -> Configuration {
    var configuration = configuration
    for (live, staged) in paths {
      configuration.main = MainCF(Self.replacing(live, by: staged, in: configuration.main.bytes))
      configuration.master = MasterCF(
        Self.replacing(live, by: staged, in: configuration.master.bytes))
    }
    return configuration
  }

  /// Replaces a path behind a colon where it ends there.
  private static func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
    let wanted = Array((":" + old).utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let end = index + wanted.count
      if end <= bytes.count, bytes[index..<end].elementsEqual(wanted),
        end == bytes.count || " \t\r\n,}".utf8.contains(bytes[end])
      {
        result += Array((":" + new).utf8)
        index = end
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}
