import Attribution
import Glibc
import HostSystem
import MailLog
import SystemPackage

/// A log and its rotated forms, all open, as they lay there at one moment.
///
/// A rotation between the look at the folder and the opening would have a file read twice or not at all.
struct OpenedLogs {
  /// The rotated forms that may hold something of the window, oldest first.
  private(set) var rotated: [OpenedLog] = []
  /// The log itself; nil when it cannot be opened.
  private(set) var log: OpenedLog?
  /// Why it cannot.
  private(set) var failure: SystemError?
  /// What belongs to the window but cannot be read.
  private(set) var skipped: [Coverage.Skipped] = []

  /// Who rotates renames a few files within a millisecond: one look more is nearly always enough.
  private static let attempts = 10

  /// Opens a log with its rotated forms, anew until both looks at the folder, before and after, agree.
  ///
  /// - Parameter since: what was last changed before it is not opened; nil for all.
  init(_ path: String, since: LogTime?) {
    for _ in 0..<Self.attempts {
      let before = Names(path)
      self = OpenedLogs(opening: path, before, since)
      // Of a log that was cut meanwhile the copy may be taken for one in the making, and left out.
      if Names(path).isSame(as: before), hasOpened(before), log?.wasCut != true { return }
      usleep(1000)
    }
    skipped.append(
      Coverage.Skipped(file: path, reason: "it was rotated again and again while it was opened"))
  }

  private init(opening path: String, _ names: Names, _ since: LogTime?) {
    let wanted = names.rotated.filter { entry in since.map { entry.facts.modified >= $0 } ?? true }
    Self.allowDescriptors(wanted.count)
    do throws(SystemError) {
      guard let file = RotatedLogs.logFile(path) else { throw RotatedLogs.missingProgram(path) }
      log = try OpenedLog(file)
    } catch {
      failure = error
    }
    for entry in wanted {
      do throws(SystemError) {
        guard let file = entry.file else { throw RotatedLogs.missingProgram(entry.path) }
        rotated.append(try OpenedLog(file))
      } catch {
        skipped.append(Coverage.Skipped(entry.path, error))
      }
    }
    if let log {
      // A log that is a link may lead to a file that is called as a rotated one.
      rotated.removeAll { $0.facts.isSameFile(as: log.facts) }
      leaveOutCopies(of: log.head)
    }
  }

  /// Leaves out what is being copied from a log that begins so.
  mutating func leaveOutCopies(of head: [UInt8]) {
    rotated.removeAll { $0.decompressor == nil && RotatedLogs.isCopy($0.head, of: head) }
  }

  /// True when each file that was opened is the one that was seen under its name.
  private func hasOpened(_ names: Names) -> Bool {
    let seen = names.identities
    return log.map { $0.facts.identity == names.log } ?? true
      && rotated.allSatisfy { $0.facts.identity == seen[$0.path] }
  }

  /// Makes room for so many open files and some of our own, where the system gives it.
  private static func allowDescriptors(_ count: Int) {
    var limit = rlimit()
    let wanted = rlim_t(count + 128)
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
      limit.rlim_cur < wanted
    else { return }
    limit.rlim_cur = min(limit.rlim_max, wanted)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

extension Coverage.Skipped {
  /// Names a file that could not be read, or not to its end.
  init(_ file: String, _ error: SystemError) {
    let remedy = error.remedy.isEmpty ? "" : "; \(error.remedy)"
    self.init(file: file, reason: "\(error.errno)\(remedy)")
  }
}

/// One look at the folder: the names of a log and of its rotated forms, and which files have them.
private struct Names {
  let rotated: [RotatedLogs.Entry]
  /// Nil while nothing has the log's name.
  let log: FileFacts.Identity?

  init(_ path: String) {
    rotated = RotatedLogs.list(path)
    log = FileFacts(path: path)?.identity
  }

  var identities: [String: FileFacts.Identity] {
    Dictionary(rotated.map { ($0.path, $0.facts.identity) }) { first, _ in first }
  }

  func isSame(as other: Names) -> Bool { log == other.log && identities == other.identities }
}
