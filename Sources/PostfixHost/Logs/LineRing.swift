import MailLog
import Synchronization

/// The newest Postfix lines, in bounded memory; written by the reader, read by the screen.
final class LineRing: Sendable {
  /// Lines that are kept at most; each is cut at 4096 bytes.
  private static let lineLimit = 20_000

  private struct Line {
    var bytes: [UInt8]
    var offset: Int64
  }

  private struct State {
    var lines: [Line] = []
    /// Index in `lines` of the oldest line, once the ring is full.
    var head = 0
    /// Sequence number of the newest line; the first line has 1.
    var newest: UInt64 = 0
    /// Rises whenever the lines are forgotten.
    var generation = 0
  }

  private let state = Mutex(State())
  private let capacity: Int

  init(capacity: Int = 5000) { self.capacity = min(capacity, LineRing.lineLimit) }

  var newest: UInt64 { state.withLock { $0.newest } }

  /// Adds the lines of a block; of a long block only as many as the ring holds.
  ///
  /// - Parameter start: where the block begins in its file, in bytes.
  func append(_ block: Span<UInt8>, _ lines: [LogTally.BlockLine], start: Int64) {
    guard !lines.isEmpty else { return }
    let first = max(0, lines.count - capacity)
    state.withLock { state in
      state.newest += UInt64(first)
      for line in lines[first...] {
        let bytes = block.extracting(line.start..<min(line.end, line.start + 4096))
        Self.push(bytes, start + Int64(line.start), into: &state, capacity: capacity)
      }
    }
  }

  /// A full ring takes a line into the memory of the one that it forgets.
  private static func push(
    _ line: Span<UInt8>, _ offset: Int64, into state: inout State, capacity: Int
  ) {
    if state.lines.count < capacity {
      state.lines.append(Line(bytes: line.withUnsafeBufferPointer { Array($0) }, offset: offset))
    } else {
      state.lines[state.head].bytes.removeAll(keepingCapacity: true)
      line.withUnsafeBufferPointer { state.lines[state.head].bytes.append(contentsOf: $0) }
      state.lines[state.head].offset = offset
      state.head = (state.head + 1) % capacity
    }
    state.newest += 1
  }

  /// Forgets all lines; numbers go on.
  func clear() {
    state.withLock { state in
      state.lines.removeAll()
      state.head = 0
      state.generation += 1
    }
  }

  /// What was asked for, as of one moment.
  struct News {
    /// Rises whenever the lines are forgotten and read again.
    var generation: Int
    /// Oldest first, with the place in the file.
    var lines: [(sequence: UInt64, bytes: [UInt8], offset: Int64)] = []
  }

  /// The newest `limit` lines with a number above `sequence`.
  func news(after sequence: UInt64, limit: Int) -> News {
    state.withLock { state in
      var news = News(generation: state.generation)
      let held = UInt64(state.lines.count)
      let oldest = state.newest - held + 1
      let wanted = min(held, UInt64(max(0, limit)))
      var first = max(oldest, sequence + 1)
      if state.newest + 1 > first + wanted { first = state.newest + 1 - wanted }
      guard held > 0, first <= state.newest else { return news }
      news.lines = (first...state.newest).map { number in
        let index = (state.head + Int(number - oldest)) % state.lines.count
        return (number, state.lines[index].bytes, state.lines[index].offset)
      }
      return news
    }
  }
}
