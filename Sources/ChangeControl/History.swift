import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import SystemPackage

/// The changes of one instance: plain files below the state directory, so that `cp` can restore.
///
/// `changes/NNNNNN/` holds `before/`, `after/` (main.cf and master.cf each) and `change.json`.
/// Copies may hold secrets: everything is 0600 in 0700.
public struct History: Sendable {
  /// The directory with the numbered entries.
  public let directory: String
  /// How many entries are kept: what the file `retention` of the state directory says, which only
  /// root can write, else 200.
  public var retention = 200

  /// Opens the history of an instance, creating its directory.
  ///
  /// - Throws: ``ChangeError`` when the state directory cannot be used.
  public init(of instance: Instance, in state: StateDirectory) throws(ChangeError) {
    do {
      directory = try state.subdirectory(instance.stateName, "changes")
    } catch {
      throw .system("\(error)")
    }
    if let text = try? readFile(state.path + "/retention", limit: 64).bytes,
      let number = Int(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }),
      (1...1_000_000).contains(number)
    {
      retention = number
    }
  }

  /// All readable entries, oldest first.
  public func records() -> [ChangeRecord] {
    numbers().compactMap { try? record($0) }
  }

  /// One entry.
  ///
  /// - Throws: ``ChangeError`` when there is none of that number or it cannot be read.
  public func record(_ number: Int) throws(ChangeError) -> ChangeRecord {
    do {
      return try ChangeRecord(decoding: readFile(path(number) + "/change.json").bytes)
    } catch {
      throw .doesNotFit(
        "there is no readable change \(number) in the history (\(error)); see postgate history")
    }
  }

  /// What both files held before or after a change.
  ///
  /// - Throws: ``ChangeError`` when they cannot be read.
  func files(of number: Int, _ side: Side) throws(ChangeError) -> FilePair {
    do {
      let folder = path(number) + "/" + side.rawValue
      var pair = FilePair(
        main: try readFile(folder + "/main.cf").bytes,
        master: try readFile(folder + "/master.cf").bytes)
      for (index, name) in (try record(number).tables ?? []).enumerated() {
        pair.tables[name] = try readFile("\(folder)/table-\(index)").bytes
      }
      return pair
    } catch {
      throw .system(
        "what change \(number) replaced cannot be read (\(error)); look at \(path(number)), "
          + "and move it away to go on without it")
    }
  }

  enum Side: String { case before, after }

  /// Records a change before anything is written; it is on the disk when this returns.
  ///
  /// - Returns: the record with its number.
  func add(
    _ record: ChangeRecord, before: FilePair, after: FilePair
  ) throws(ChangeError) -> ChangeRecord {
    var record = record
    do {
      record.number = (numbers().last ?? 0) + 1
      let staging = directory + "/new"
      try removeTree(staging)
      try makePrivateDirectory(staging)
      for (side, pair) in [(Side.before, before), (.after, after)] {
        let folder = staging + "/" + side.rawValue
        try makePrivateDirectory(folder)
        try writeNewFile(folder + "/main.cf", pair.main)
        try writeNewFile(folder + "/master.cf", pair.master)
        for (index, name) in (record.tables ?? []).enumerated() {
          try writeNewFile("\(folder)/table-\(index)", pair.tables[name] ?? [])
        }
        try syncDirectory(folder)
      }
      try writeNewFile(staging + "/change.json", record.encoded())
      try syncDirectory(staging)
      guard rename(staging, path(record.number)) == 0 else {
        throw SystemError("create \(path(record.number))", Errno(rawValue: errno))
      }
      try syncDirectory(directory)
    } catch {
      throw .system("cannot record the change, so it was not made: \(error)")
    }
    return record
  }

  /// Replaces the record of an entry in one step.
  func update(_ record: ChangeRecord) throws(ChangeError) {
    do {
      try replaceStateFile(path(record.number) + "/change.json", record.encoded())
    } catch {
      throw .system("cannot complete the record of change \(record.number): \(error)")
    }
  }

  /// Removes what is older than the retention allows.
  func prune() {
    let old = numbers().dropLast(max(1, retention))
    guard !old.isEmpty else { return }
    // What waits or is unfinished, and what that takes back: it is marked when that is decided.
    let unfinished = records().filter {
      [.waiting, .prepared, .alarm].contains($0.phase) || $0.isRunningTrial
    }
    let spared = Set(unfinished.map(\.number) + unfinished.compactMap(\.undoes))
    for number in old where !spared.contains(number) {
      // Under another name first: an interruption leaves no entry that cannot be read.
      let gone = directory + "/gone"
      guard (try? removeTree(gone)) != nil, rename(path(number), gone) == 0 else { continue }
      try? removeTree(gone)
    }
  }

  /// The directory of an entry.
  public func path(_ number: Int) -> String {
    let digits = String(number)
    return directory + "/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func numbers() -> [Int] {
    ((try? directoryEntries(directory)) ?? []).compactMap { Int($0) }.sorted()
  }
}

/// The bytes of both configuration files, and of the tables that a change touches.
struct FilePair: Hashable, Sendable {
  var main: [UInt8]
  var master: [UInt8]
  /// The sources of the tables that a change touches, by `type:path`.
  var tables: [String: [UInt8]]

  init(main: [UInt8], master: [UInt8], tables: [String: [UInt8]] = [:]) {
    self.main = main
    self.master = master
    self.tables = tables
  }

  /// True when each file is one of two states of it: that of an interrupted write, too.
  func isMade(of before: FilePair, and after: FilePair) -> Bool {
    (main == before.main || main == after.main)
      && (master == before.master || master == after.master)
      && tables.allSatisfy { $1 == before.tables[$0] || $1 == after.tables[$0] }
  }

  init(_ configuration: Configuration, tables: [String: [UInt8]] = [:]) {
    self.init(
      main: configuration.main.bytes, master: configuration.master.bytes, tables: tables)
  }
}
