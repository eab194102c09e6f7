import Glibc
import HostSystem

/// One file of a rotated set.
public struct LogFile: Hashable, Sendable {
  /// Absolute path.
  public var path: String
  /// The program that unpacks it; nil for a plain file.
  public var decompressor: String?
}

/// Finds the rotated forms of a log file: `.1`, `.2.gz`, `-20261122.xz`, …
enum RotatedLogs {
  private static let decompressors = [
    ("gz", "gzip"), ("xz", "xz"), ("zst", "zstd"), ("bz2", "bzip2"),
  ]

  /// The log and its rotated forms, oldest first, the log itself last.
  ///
  /// Forms are ordered by their time of last change; a file whose program is missing is reported in
  /// `skipped`.
  static func set(of path: String) -> (files: [LogFile], skipped: [String]) {
    let entries = list(path)
    return (
      entries.compactMap(\.file) + [LogFile(path: path, decompressor: nil)],
      entries.filter { $0.file == nil }.map(\.path)
    )
  }

  /// A rotated form as the folder shows it.
  struct Entry {
    var path: String
    /// Nil when the program that unpacks it is not installed.
    var file: LogFile?
    var facts: FileFacts
  }

  /// The rotated forms of a log, oldest first; each file once.
  static func list(_ path: String) -> [Entry] {
    // A log that is a link may be rotated beside the link or beside what it leads to.
    let target = resolvedTarget(path)
    let names = siblings(of: path) + (target.map(siblings) ?? [])
    let present = Set(names)
    var seen: Set<FileFacts.Identity> = []
    var entries: [Entry] = []
    // While a file is being packed both forms are there, and only the plain one is whole.
    for name in names where packedName(name).map({ !present.contains($0) }) ?? true {
      guard let facts = FileFacts(path: name), facts.isRegular, seen.insert(facts.identity).inserted
      else { continue }
      entries.append(Entry(path: name, file: logFile(name), facts: facts))
    }
    return entries.sorted {
      ($0.facts.modified.microseconds, $0.path) < ($1.facts.modified.microseconds, $1.path)
    }
  }

  /// What a packed file is called unpacked; nil for a plain one.
  static func packedName(_ path: String) -> String? {
    decompressors.first { path.hasSuffix("." + $0.0) }.map { String(path.dropLast($0.0.count + 1)) }
  }

  /// True for a rotated file that begins as the log does: a copy in the making (`copytruncate`), of lines
  /// that the log still has.
  static func isCopy(_ head: [UInt8], of log: [UInt8]) -> Bool {
    !log.isEmpty && head.starts(with: log)
  }

  /// A file by its name; nil when its decompressor is not installed.
  static func logFile(_ path: String) -> LogFile? {
    for (suffix, program) in decompressors where path.hasSuffix("." + suffix) {
      return programPath(program).map { LogFile(path: path, decompressor: $0) }
    }
    return LogFile(path: path, decompressor: nil)
  }

  /// The error of a packed file whose program is not installed.
  static func missingProgram(_ path: String) -> SystemError {
    SystemError(
      "unpack \(path)", .noSuchFileOrDirectory, remedy: "install the program that packed it")
  }

  /// What a symbolic link leads to; nil for a path that is none.
  private static func resolvedTarget(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    let target = String(cString: resolved)
    return target == path ? nil : target
  }

  private static func siblings(of path: String) -> [String] {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? ""
    let base = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let stream = opendir(directory.isEmpty ? "." : directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if isRotation(name, of: base) { names.append(directory + name) }
    }
    return names.sorted()
  }

  /// `BASE.1`, `BASE.2.gz`, `BASE-20261122`, `BASE-20261122.xz`, `BASE-1700000000.gz`.
  static func isRotation(_ name: String, of base: String) -> Bool {
    guard name.hasPrefix(base) else { return false }
    var rest = name.dropFirst(base.count)
    guard let mark = rest.first, mark == "." || mark == "-" else { return false }
    rest = rest.dropFirst()
    for (suffix, _) in decompressors where rest.hasSuffix("." + suffix) {
      rest = rest.dropLast(suffix.count + 1)
    }
    return !rest.isEmpty && rest.count <= 20
      && rest.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-") } && rest.first != "-"
  }
}
