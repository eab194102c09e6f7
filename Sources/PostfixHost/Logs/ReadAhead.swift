import Glibc
import HostSystem
import MailLog
import Synchronization

/// Reads a file's blocks on a thread of its own while the former ones are counted.
///
/// Counting itself stays on one thread and sees the lines in their order, so that the results are
/// those of one processor.
final class ReadAhead: @unchecked Sendable {
  // Shared without a lock: a slot belongs to the reader or to the counter, as the semaphores say.
  private let memory: UnsafeMutableRawPointer
  private let counts: UnsafeMutablePointer<Int>
  private let filled = Semaphore()
  private let free = Semaphore()
  private let isStopping = Atomic(false)
  private var thread: pthread_t?
  private var slot = 0

  private static let slots = 3
  /// In front of each block is room for the cut line of the former one.
  private static let slotSize = LogTally.longestLine + BlockReader.smallBlock
  /// For less, a thread costs more than it brings.
  private static let smallest: Int64 = 4 << 20

  /// Begins to read; nil where one processor is all there is, or for a small part.
  static func start(
    _ descriptor: Int32, from start: Int64, to end: Int64, processors: Int = usableProcessors
  ) -> ReadAhead? {
    guard end - start >= smallest, processors > 1 else { return nil }
    let ahead = ReadAhead()
    ahead.thread = startThread { [ahead] in ahead.run(descriptor, start, end) }
    return ahead.thread == nil ? nil : ahead
  }

  private init() {
    memory = .allocate(byteCount: Self.slots * Self.slotSize, alignment: 64)
    counts = .allocate(capacity: Self.slots)
    counts.initialize(repeating: 0, count: Self.slots)
    for _ in 0..<Self.slots { free.signal() }
  }

  deinit {
    memory.deallocate()
    counts.deallocate()
  }

  /// Ends the thread and waits for it; before the descriptor is closed.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    free.signal()
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  /// The next block with its bytes; 0 at the end, -1 with `errno` when the read failed. Each is given
  /// back by ``release()`` before the next.
  func next() -> (block: UnsafeMutableRawPointer, count: Int) {
    filled.wait()
    let count = counts[slot]
    if count < 0 { errno = Int32(-count) }
    return (block(slot), max(-1, count))
  }

  func release() {
    slot = (slot + 1) % Self.slots
    free.signal()
  }

  private func block(_ slot: Int) -> UnsafeMutableRawPointer {
    memory + slot * Self.slotSize + LogTally.longestLine
  }

  private func run(_ descriptor: Int32, _ start: Int64, _ end: Int64) {
    var offset = start
    var slot = 0
    while true {
      free.wait()
      guard !isStopping.load(ordering: .relaxed) else { return }
      let wanted = min(BlockReader.smallBlock, Int(clamping: end - offset))
      var count = 0
      repeat {
        count = pread(descriptor, block(slot), wanted, off_t(offset))
      } while count < 0
        && errno == EINTR
      counts[slot] = count < 0 ? -Int(errno) : count
      filled.signal()
      guard count > 0 else { return }
      offset += Int64(count)
      slot = (slot + 1) % Self.slots
    }
  }
}
