import CTerminal
import ConsoleCore
import Glibc
import TextGrid

/// The terminal: draws screens, reports keys, signals and size, and gives itself back at the end.
///
/// One at a time, used by one thread, the one that started it.
public final class Terminal {
  /// What the terminal and its locale can show.
  public let charset: Charset
  /// Columns and rows now.
  public private(set) var size: Size

  private let input: Int32
  private let signals: Int32
  private let palette: Palette
  private var decoder = KeyDecoder()
  private var drawn: Screen?
  private var isRunning = true

  /// Takes the terminal over.
  ///
  /// - Parameters:
  ///   - term: The terminal's name; nil for the environment's TERM.
  ///   - colors: The user's own colours by role, as numbers of the terminal's palette.
  ///   - noColor: True to use no colours, as the environment's NO_COLOR demands.
  /// - Throws: `TerminalError`; the terminal is then as it was.
  public init(
    term: String? = nil, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO,
    noColor: Bool = false, colors: [Role: Int] = [:]
  ) throws(TerminalError) {
    let name = term ?? getenv("TERM").map { String(cString: $0) } ?? ""
    switch ct_start(name, input, output) {
    case CT_OK: break
    case CT_NOT_A_TERMINAL: throw .notATerminal
    case CT_UNKNOWN_TERM: throw .unknownTerminal(name)
    case CT_NO_CURSOR_MOVE: throw .cannotMoveCursor(name)
    default: throw .system(errno: errno)
    }
    signals = ct_signals_start()
    guard signals >= 0 else {
      let code = errno
      ct_stop()
      throw .system(errno: code)
    }
    self.input = input
    charset = ct_is_utf8() != 0 ? .unicode : .ascii
    palette = Palette(colors: noColor ? 0 : ct_colors(), own: colors)
    size = Self.currentSize()
    ct_resize(Int32(size.width), Int32(size.height))
  }

  deinit { stop() }

  /// Gives the terminal back; harmless when that was done.
  public func stop() {
    guard isRunning else { return }
    isRunning = false
    ct_stop()
    ct_signals_stop()
  }

  /// Shows a screen; sends only what differs from the last one, and nothing when nothing does.
  public func draw(_ screen: Screen) {
    guard isRunning, screen != drawn else { return }
    let old = drawn?.size == screen.size ? drawn : nil
    if old == nil { ct_erase() }
    for y in 0..<screen.size.height { drawRow(y, of: screen, over: old) }
    if let cursor = screen.cursor {
      ct_cursor(Int32(cursor.x), Int32(cursor.y))
    } else {
      ct_cursor(-1, 0)
    }
    ct_refresh()
    drawn = screen
  }

  /// Sends everything with the next `draw`, whatever the terminal shows now.
  public func redraw() {
    guard isRunning else { return }
    ct_redraw()
    drawn = nil
  }

  /// Has the terminal report the mouse, or no longer.
  ///
  /// - Returns: False when this terminal has none.
  public func setMouse(_ isOn: Bool) -> Bool { isRunning && ct_mouse(isOn ? 1 : 0) != 0 }

  /// Stops the process as Ctrl-Z does; returns when it continues.
  public func suspend() {
    guard isRunning else { return }
    ct_suspend()
    updateSize()
    redraw()
  }

  /// Waits for keys, signals or a notification, at most `timeout` milliseconds (-1 without end).
  ///
  /// - Returns: What happened, possibly nothing; and whether `wakeUp` was notified (it is drained).
  public func wait(timeout: Int32, wakeUp: WakeUp? = nil) -> (events: [Event], isWoken: Bool) {
    var descriptors = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeUp?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&descriptors, 3, shortened(timeout))
    var events = decoder.flush(now: Self.milliseconds()).map(Event.key)
    guard ready > 0 else { return (events, false) }
    if descriptors[0].revents != 0 { events += readKeys() }
    if descriptors[1].revents != 0 { events += takeSignals() }
    let isWoken = descriptors[2].revents != 0 && wakeUp?.drain() == true
    return (events, isWoken)
  }

  private func shortened(_ timeout: Int32) -> Int32 {
    guard let deadline = decoder.deadline else { return timeout }
    let left = Int32(max(0, min(1000, deadline - Self.milliseconds())))
    return timeout < 0 ? left : min(timeout, left)
  }

  private func readKeys() -> [Event] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(input, &buffer, buffer.count)
    if count > 0 {
      return decoder.feed(buffer[..<count], now: Self.milliseconds())
    }
    // End of input or EIO: the terminal has gone away.
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : [.terminate]
  }

  private func takeSignals() -> [Event] {
    var count: UInt64 = 0
    _ = read(signals, &count, MemoryLayout<UInt64>.size)
    let taken = ct_signals_take()
    var events: [Event] = []
    if taken & CT_SIGNAL_TERMINATE.rawValue != 0 { events.append(.terminate) }
    if taken & CT_SIGNAL_CONTINUE.rawValue != 0 {
      ct_resume()
      drawn = nil
      events.append(.continued)
    }
    // A window may have been resized while we were stopped, without a signal to us.
    if taken & (CT_SIGNAL_RESIZE.rawValue | CT_SIGNAL_CONTINUE.rawValue) != 0, updateSize() {
      events.append(.resize(size))
    }
    if taken & CT_SIGNAL_STOP.rawValue != 0 { events.append(.suspendRequested) }
    return events
  }

  @discardableResult
  private func updateSize() -> Bool {
    let now = Self.currentSize()
    guard now != size else { return false }
    size = now
    ct_resize(Int32(now.width), Int32(now.height))
    drawn = nil
    return true
  }

  private func drawRow(_ y: Int, of screen: Screen, over old: Screen?) {
    let width = screen.size.width
    var x = 0
    while x < width {
      let cell = screen[x, y]
      if let old, old[x, y] == cell {
        x += 1
        continue
      }
      // The right half of a wide character is sent with its left half.
      if cell.text.isEmpty {
        x += 1
        continue
      }
      x = drawRun(from: x, y: y, of: screen, over: old)
    }
  }

  // Puts changed cells of one look that stand side by side; returns the column after them.
  private func drawRun(from start: Int, y: Int, of screen: Screen, over old: Screen?) -> Int {
    let first = screen[start, y]
    var text: [wchar_t] = []
    var x = start
    while x < screen.size.width {
      let cell = screen[x, y]
      guard cell.role == first.role, cell.isSelected == first.isSelected else { break }
      if let old, old[x, y] == cell, !cell.text.isEmpty { break }
      text += cell.text.unicodeScalars.map { wchar_t(bitPattern: $0.value) }
      x += 1
    }
    palette.select(role: first.role, isSelected: first.isSelected)
    ct_put(Int32(start), Int32(y), text, Int32(text.count))
    return x
  }

  private static func currentSize() -> Size {
    var columns: Int32 = 0
    var rows: Int32 = 0
    ct_size(&columns, &rows)
    return Size(width: Int(columns), height: Int(rows))
  }

  private static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
