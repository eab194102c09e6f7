import CHostSystem
import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import SystemPackage

/// True when we may write, stage and reload.
var isPrivileged: Bool { geteuid() == 0 }

/// Our turn among the postgates of one instance; ends by itself when the process does.
final class Turn {
  private let file: OpenFile

  init(instance: Instance, state: StateDirectory, wait: Double = 30) throws(ChangeError) {
    do {
      let directory = try state.subdirectory(instance.stateName)
      file = try OpenFile(directory + "/turn", O_CREAT | O_RDWR | O_NOFOLLOW, mode: 0o600)
    } catch {
      throw .system("\(error)")
    }
    let deadline = monotonicSeconds() + wait
    while chost_flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard monotonicSeconds() < deadline else {
        let holder = lockHolder(ofFile: file.path).map { " (process \($0))" } ?? ""
        throw .busy("another postgate\(holder) is changing this instance; try again")
      }
      usleep(10_000)
    }
  }

  func end() { chost_flock(file.descriptor, LOCK_UN) }
}

/// main.cf and master.cf read and held under Postfix's locks, main.cf first, then tables.
final class LockedPair {
  private let main: LockedFile
  private let master: LockedFile
  private var tables: [(table: TableFile, source: LockedFile)] = []

  init(_ instance: Instance, tables names: some Sequence<String> = []) throws(ChangeError) {
    do {
      main = try LockedFile(instance.mainCF)
      master = try LockedFile(instance.masterCF)
      for name in names.sorted() {
        let table = try TableFile(name)
        try requireTrust(table.path)
        tables.append((table, try LockedFile(table.path)))
      }
    } catch let error as ChangeError {
      throw error
    } catch {
      throw .system("\(error)")
    }
  }

  var bytes: FilePair {
    var pair = FilePair(main: main.contents.bytes, master: master.contents.bytes)
    for (table, source) in tables { pair.tables[table.name] = source.contents.bytes }
    return pair
  }

  /// Writes what differs and gives up the locks.
  ///
  /// Tables come first, each with its index: an entry that nobody asks for does nothing yet.
  ///
  /// - Parameters:
  ///   - indexes: of the tables in `pair`.
  ///   - rebuilding: writes the indexes even where the source does not differ.
  /// - Throws: ``ChangeError`` when it could not be written whole and to the disk; what had been
  ///   written is then taken back, or the message says that it could not be.
  func write(
    _ pair: FilePair, instance: Instance, indexes: TableStage? = nil, rebuilding: Bool = false
  ) throws(ChangeError) {
    let old = bytes
    var touched: [(path: String, bytes: [UInt8])] = []
    do {
      for (table, source) in tables {
        guard let new = pair.tables[table.name], new != source.contents.bytes || rebuilding else {
          continue
        }
        touched.append((table.path, source.contents.bytes))
        if new != source.contents.bytes { try source.replace(with: new) }
        guard let suffix = table.indexSuffix, let index = try indexes?.index(of: table) else {
          continue
        }
        // Never older than its source: Postfix warns of such an index.
        let written = try FileStatus(of: table.path).modified
        let locked = try LockedFile(table.path + suffix)
        touched.append((table.path + suffix, locked.contents.bytes))
        try locked.replace(with: index, notBefore: written)
      }
      touched.append((instance.mainCF, old.main))
      if pair.main != old.main { try main.replace(with: pair.main) }
      touched.append((instance.masterCF, old.master))
      if pair.master != old.master { try master.replace(with: pair.master) }
    } catch {
      release()
      for (path, old) in touched.reversed() {
        guard Self.hasBack(old, at: path) else {
          throw .system(
            "\(error); \(path) is new and could not be put back: postgate status tries again")
        }
      }
      throw .system("nothing was changed: \(error)")
    }
    release()
  }

  /// Writes the old bytes again where others stand. A rename that only could not be synced counts:
  /// what stands there is what Postfix reads.
  private static func hasBack(_ old: [UInt8], at path: String) -> Bool {
    if let now = try? readFile(path), now.bytes == old { return true }
    if let locked = try? LockedFile(path) {
      try? locked.replace(with: old)
      locked.release()
    }
    return (try? readFile(path))?.bytes == old
  }

  func release() {
    tables.forEach { $0.source.release() }
    main.release()
    master.release()
  }
}
