import Glibc
import HostSystem
import Synchronization

/// Writes reject lines at a steady rate, as a syslog daemon does, while the log is rotated under it.
///
/// Every line tells its chunk in its log name, so that a line lost and another counted twice cannot
/// cancel out.
public final class LoadWriter: Sendable {
  private struct State {
    var descriptor: Int32 = -1
    var written = 0
    /// Bytes in the file that is open now.
    var fileBytes = 0
    var isDone = false
    var cpuSeconds = 0.0
  }

  /// How many chunks there are; the reader tells at most 512 log names apart.
  public static let chunks = 400
  /// Bytes of a line, its newline counted.
  public static let lineBytes = line(chunk: 0, number: 0).utf8.count

  private let path: String
  private let total: Int
  private let rate: Int
  private let state: Mutex<State>

  /// - Parameters:
  ///   - total: lines to write, a multiple of the number of chunks.
  ///   - rate: lines a second.
  public init(path: String, total: Int, rate: Int) {
    self.path = path
    self.total = total
    self.rate = rate
    state = Mutex(State())
    reopen()
  }

  /// Lines written so far.
  public var written: Int { state.withLock { $0.written } }
  /// True when everything is written.
  public var isDone: Bool { state.withLock { $0.isDone } }
  /// Processor time of the writing itself.
  public var cpuSeconds: Double { state.withLock { $0.cpuSeconds } }

  /// What a daemon does on SIGHUP.
  public func reopen() {
    state.withLock { state in
      if state.descriptor >= 0 { close(state.descriptor) }
      state.descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      state.fileBytes = 0
    }
  }

  /// Cuts the log; the number of lines that it had, and of those written to all files so far.
  func cut() -> (lines: Int, written: Int) {
    state.withLock { state in
      ftruncate(state.descriptor, 0)
      defer { state.fileBytes = 0 }
      return (state.fileBytes / Self.lineBytes, state.written)
    }
  }

  /// The chunk of a line.
  public func chunk(of number: Int) -> Int { number / (total / Self.chunks) }

  /// The log name of a chunk's lines.
  static func tag(of chunk: Int) -> String { "c" + String(1000 + chunk).dropFirst() }

  /// Starts the thread that writes.
  public func start() {
    let box = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<LoadWriter>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    if result == 0 { pthread_detach(thread) } else { box.release() }
  }

  private func run() {
    let start = monotonicSeconds()
    var number = 0
    while number < total {
      let due = min(total, Int((monotonicSeconds() - start) * Double(rate)) + 1)
      // At most a thousand lines a write, as a busy daemon's buffers hold.
      let end = min(due, number + 1000)
      if end > number { put(number..<end) }
      number = end
      if number == due { usleep(2000) }
    }
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    state.withLock { state in
      state.cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
      close(state.descriptor)
      state.isDone = true
    }
  }

  private func put(_ numbers: Range<Int>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * Self.lineBytes)
    var template = Array(Self.line(chunk: chunk(of: numbers.lowerBound), number: 0).utf8)
    var known = chunk(of: numbers.lowerBound)
    let digits = template.count - 9
    for number in numbers {
      if chunk(of: number) != known {
        known = chunk(of: number)
        template = Array(Self.line(chunk: known, number: 0).utf8)
      }
      var rest = number
      for place in stride(from: digits + 6, through: digits, by: -1) {
        template[place] = UInt8(0x30 + rest % 10)
        rest /= 10
      }
      bytes += template
    }
    state.withLock { state in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
      state.written += numbers.count
      state.fileBytes += bytes.count
    }
  }

  /// A line of today whose last seven digits before `>` are the number.
  private static func line(chunk: Int, number: Int) -> String {
    var moment = time_t(wallClockMicroseconds() / 1_000_000)
    var fields = tm()
    gmtime_r(&moment, &fields)
    var text = [CChar](repeating: 0, count: 40)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S+00:00", &fields)
    let stamp = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return
      "\(stamp) mx \(tag(of: chunk))/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 <h>: "
      + "Helo command rejected: need fully-qualified hostname; from=<> to=<r@x> proto=SMTP "
      + "helo=<h0000000>\n"
  }
}
