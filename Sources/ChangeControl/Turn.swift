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
        let holder = (try? file.status()).flatMap(lockHolder).map { " (process \($0))" } ?? ""
        throw .busy("another postgate\(holder) is changing this instance; try again")
      }
      usleep(10_000)
    }
  }

  func end() { chost_flock(file.descriptor, LOCK_UN) }
}

/// main.cf and master.cf read and held under Postfix's locks, main.cf first.
final class LockedPair {
  private let main: LockedFile
  private let master: LockedFile

  init(_ instance: Instance) throws(ChangeError) {
    do {
      main = try LockedFile(instance.mainCF)
      master = try LockedFile(instance.masterCF)
    } catch {
      throw .system("\(error)")
    }
  }

  var bytes: FilePair { FilePair(main: main.contents.bytes, master: master.contents.bytes) }

  /// Writes what differs and gives up the locks.
  ///
  /// - Throws: ``ChangeError`` when it could not be written whole and to the disk; what had been
  ///   written is then taken back, or the message says that it could not be.
  func write(_ pair: FilePair, instance: Instance) throws(ChangeError) {
    let old = bytes
    do {
      if pair.main != old.main { try main.replace(with: pair.main) }
      if pair.master != old.master { try master.replace(with: pair.master) }
    } catch {
      release()
      for (path, old) in [(instance.mainCF, old.main), (instance.masterCF, old.master)] {
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
    main.release()
    master.release()
  }
}
