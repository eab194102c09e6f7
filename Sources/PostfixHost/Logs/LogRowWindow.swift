import Glibc
import HostSystem
import MailLog
import Synchronization
import SystemPackage

/// A place between two lines of a log, as ``LogRowWindow`` counts: earlier places are less.
public struct LogPlace: Hashable, Sendable, Comparable {
  /// Number of the file, oldest first; it keeps its number when the log is rotated.
  public var file: Int
  /// Position in the file, in bytes.
  public var offset: Int64

  /// Creates a place.
  public init(file: Int, offset: Int64) {
    self.file = file
    self.offset = offset
  }

  /// Earlier in the log is less.
  public static func < (left: LogPlace, right: LogPlace) -> Bool {
    (left.file, left.offset) < (right.file, right.offset)
  }
}

/// Neighbouring rows of a log, oldest first.
public struct LogRowPage: Sendable {
  /// The rows; ``LogRow/sequence`` rises with the place in the log and names the row.
  public var rows: [LogRow] = []
  /// Where each row's line begins.
  public var places: [LogPlace] = []
  /// What lies before it was not looked at; go on backwards from here.
  public var start: LogPlace
  /// What lies behind it was not looked at; go on forwards from here.
  public var end: LogPlace
  /// True when the log has no more lines in the direction of reading; false also when the reading
  /// stopped because it had looked at many bytes without finding enough rows.
  public var isAtEdge = false
}

/// The rows of a log on disk, forwards and backwards from any moment or place, for a view that
/// scrolls without limit.
///
/// The log and its rotated plain forms make one stream; packed ones cannot be entered in the middle
/// and are left out. No row is kept: each call reads what it needs, at most ``byteLimit`` bytes, and
/// a page's ends say where to go on. May be used from any thread; calls block while they read.
public final class LogRowWindow: Sendable {
  /// Bytes that one call looks at, so that a filter that nothing passes cannot hold the caller.
  public static let byteLimit: Int64 = 16 << 20

  private struct State {
    var files: [LogPageFile]
    var rows: LogRowReader
  }

  private let path: String
  private let zone: LocalZone
  private let state: Mutex<State>

  /// Opens the log and its rotated plain forms.
  ///
  /// - Parameter zone: the zone of stamps without one; nil for the machine's.
  /// - Throws: ``SystemError`` when the log itself cannot be opened.
  public init(path: String, zone: LocalZone? = nil) throws(SystemError) {
    let now = LogTime(microseconds: wallClockMicroseconds())
    self.path = path
    self.zone = zone ?? .system(around: now)
    var files: [LogPageFile] = []
    for file in RotatedLogs.set(of: path).files
    where file.path != path && file.decompressor == nil {
      if let opened = try? LogPageFile(path: file.path) { files.append(opened) }
    }
    files.append(try LogPageFile(path: path))
    state = Mutex(State(files: files, rows: LogRowReader(zone: self.zone, reference: now)))
  }

  /// The paths under which the files were opened, oldest first.
  public var files: [String] { state.withLock { $0.files.map(\.path) } }

  /// The place before the first line.
  public var first: LogPlace { LogPlace(file: 0, offset: 0) }

  /// The place behind the newest complete line now; takes notice of a rotation since the last call.
  public func last() -> LogPlace {
    state.withLock { state in
      takeRotation(&state)
      let number = state.files.count - 1
      return LogPlace(file: number, offset: state.files[number].lineStart(at: .max))
    }
  }

  /// The place before the line that holds a byte, for jumps by share of the file.
  public func place(ofLineAt place: LogPlace) -> LogPlace {
    state.withLock { state in
      let number = min(max(0, place.file), state.files.count - 1)
      return LogPlace(file: number, offset: state.files[number].lineStart(at: place.offset))
    }
  }

  /// The place before a row that was read from the log; nil when its line stands there no more.
  ///
  /// The same line may come many times within a second: only its offset tells one from the others.
  public func place(of row: LogRow) -> LogPlace? {
    guard let offset = row.offset else { return nil }
    return state.withLock { state in
      takeRotation(&state)
      let number = state.files.lastIndex { file in
        file.forgetBlock()
        guard file.lineStart(at: offset) == offset,
          let line = file.line(from: offset, takesUnfinished: false)
        else { return false }
        // The row may have been made of the beginning of a long line.
        return state.rows.row(line.bytes.span, sequence: 0).line.hasPrefix(row.line)
      }
      return number.map { LogPlace(file: $0, offset: offset) }
    }
  }

  /// The bytes of a file now, for showing how far into it a place is; 0 for a number without file.
  public func size(ofFile number: Int) -> Int64 {
    state.withLock { $0.files.indices.contains(number) ? $0.files[number].facts?.size ?? 0 : 0 }
  }

  /// The place of the first line that is not older than `moment`; ``last()`` when all are older.
  ///
  /// Where stamps are out of order, or an hour comes twice, it may lie before that line.
  public func place(of moment: LogTime) -> LogPlace {
    state.withLock { state in
      takeRotation(&state)
      for (number, file) in state.files.enumerated().reversed() {
        guard let facts = file.facts else { continue }
        var search = LogSearch(
          descriptor: file.descriptor, zone: zone, reference: facts.modified)
        // The newest file that begins before the moment holds it, or the next one's start does.
        if number == 0 || search.firstTime(size: facts.size).map({ $0 <= moment }) ?? false {
          let offset = search.offset(of: moment, size: facts.size)
          return offset == facts.size && number + 1 < state.files.count
            ? LogPlace(file: number + 1, offset: 0) : LogPlace(file: number, offset: offset)
        }
      }
      return LogPlace(file: 0, offset: 0)
    }
  }

  /// The last `limit` rows that end at or before `place` and pass `filter`, oldest first.
  public func rows(
    before place: LogPlace, limit: Int, where filter: (LogRow) -> Bool = { _ in true }
  ) -> LogRowPage {
    state.withLock { state in
      var page = LogRowPage(start: place, end: place)
      var budget = Self.byteLimit
      while page.rows.count < limit && budget > 0 {
        let file = state.files[min(max(0, page.start.file), state.files.count - 1)]
        guard let line = file.line(before: page.start.offset) else {
          guard page.start.file > 0 else {
            page.isAtEdge = true
            break
          }
          let number = page.start.file - 1
          let size = state.files[number].facts?.size ?? 0
          page.start = LogPlace(file: number, offset: size)
          continue
        }
        page.start.offset = line.start
        budget -= line.end - line.start
        take(line, at: page.start, of: file, into: &page, &state.rows, filter)
      }
      page.rows.reverse()
      page.places.reverse()
      return page
    }
  }

  /// The first `limit` rows that begin at or behind `place` and pass `filter`, oldest first.
  ///
  /// A last line without its newline is still being written and left out.
  public func rows(
    from place: LogPlace, limit: Int, where filter: (LogRow) -> Bool = { _ in true }
  ) -> LogRowPage {
    state.withLock { state in
      takeRotation(&state)
      var page = LogRowPage(start: place, end: place)
      var budget = Self.byteLimit
      while page.rows.count < limit && budget > 0 {
        let number = min(max(0, page.end.file), state.files.count - 1)
        let file = state.files[number]
        let isLast = number == state.files.count - 1
        guard let line = file.line(from: page.end.offset, takesUnfinished: !isLast) else {
          if isLast {
            page.isAtEdge = true
            break
          }
          page.end = LogPlace(file: number + 1, offset: 0)
          continue
        }
        let start = LogPlace(file: number, offset: line.start)
        page.end = LogPlace(file: number, offset: line.end)
        budget -= line.end - line.start
        take(line, at: start, of: file, into: &page, &state.rows, filter)
      }
      return page
    }
  }

  private func take(
    _ line: LogPageFile.Line, at place: LogPlace, of file: LogPageFile,
    into page: inout LogRowPage, _ rows: inout LogRowReader, _ filter: (LogRow) -> Bool
  ) {
    rows.setReference(file.reference)
    let number = UInt64(place.file) << 48 | UInt64(place.offset)
    var row = rows.row(line.bytes.span, sequence: number)
    row.offset = place.offset
    guard filter(row) else { return }
    page.rows.append(row)
    page.places.append(place)
  }

  /// Goes on with the file that has the log's name now.
  private func takeRotation(_ state: inout State) {
    guard let facts = FileFacts(path: path), facts.isRegular,
      !state.files.contains(where: { $0.identity.isSameFile(as: facts) }),
      let opened = try? LogPageFile(path: path)
    else { return }
    state.files.append(opened)
  }
}
