import ConsoleCore
import ConsoleViews
import CursesBackend
import Glibc
import HostSystem
import MailLog
import Synchronization
import TextGrid

/// The one loop that owns the screen: waits, reduces, draws.
struct ConsoleLoop {
  private let terminal: Terminal
  private let wakeUp: WakeUp
  private let mailbox: EventMailbox
  private let host: ConsoleHost
  private let logNews = Flag()
  private var state: AppState
  private var lastRow: UInt64 = 0
  private var rowGeneration = 0
  private var nextTick = 0.0

  /// Takes the terminal over and prepares everything.
  ///
  /// - Throws: `TerminalError`; the terminal is then as it was.
  init(context: Context, settings: ConsoleSettings) throws {
    let noColor = getenv("NO_COLOR").map { $0[0] != 0 } ?? false
    wakeUp = try WakeUp()
    mailbox = EventMailbox(wakeUp)
    host = ConsoleHost(
      context: context, mailbox: mailbox, settings: settings)
    terminal = try Terminal(noColor: noColor, colors: settings.colors)
    state = AppState(
      size: terminal.size, now: .now, utcOffset: utcOffsetNow(), instance: host.status,
      settings: settings)
  }

  /// Runs until the user or a signal ends it; the terminal is then given back.
  ///
  /// - Parameter problems: what to say at the start.
  mutating func run(telling problems: [String]) throws {
    defer {
      terminal.stop()
      host.stop()
    }
    if let look = host.firstLook() { _ = take([look]) }
    _ = take(problems.map { .notice(Notice($0, kind: .warning)) })
    draw()
    let (flag, wakeUp) = (logNews, wakeUp)
    try host.start {
      flag.raise()
      wakeUp.notify()
    }
    while true {
      let left = max(0, nextTick - monotonicSeconds())
      let (events, isWoken) = terminal.wait(timeout: Int32(left * 1000) + 1, wakeUp: wakeUp)
      if !take(events + (isWoken ? mailbox.take() + logEvents() : []) + tick()) { return }
      draw()
    }
  }

  /// Reduces events and carries out what follows; false at the end.
  private mutating func take(_ events: [Event]) -> Bool {
    for event in events {
      for effect in reduce(&state, event) {
        switch effect {
        case .quit: return false
        case .suspend: terminal.suspend()
        case .redraw: terminal.redraw()
        case .setMouse(let isOn):
          if !terminal.setMouse(isOn) { _ = reduce(&state, .mouseMissing) }
        default: host.carryOut(effect)
        }
      }
    }
    return true
  }

  private func draw() {
    terminal.draw(render(state, size: state.size, charset: terminal.charset))
  }

  private mutating func tick() -> [Event] {
    let now = monotonicSeconds()
    guard now >= nextTick else { return [] }
    nextTick = now + 1
    return [.tick(now: .now, utcOffset: utcOffsetNow())]
  }

  private mutating func logEvents() -> [Event] {
    guard logNews.take(), let monitor = host.monitor else { return [] }
    var events: [Event] = [.logSnapshot(monitor.snapshot())]
    let news = monitor.news(after: lastRow, limit: 1000)
    if news.generation != rowGeneration {
      rowGeneration = news.generation
      events.append(.logCleared)
    }
    if let last = news.rows.last {
      lastRow = last.sequence
      events.append(.logRows(news.rows))
    }
    return events
  }
}

/// Seconds that local time is ahead of UTC now.
private func utcOffsetNow() -> Int {
  var moment = time(nil)
  var parts = tm()
  return localtime_r(&moment, &parts) == nil ? 0 : parts.tm_gmtoff
}

/// A mark that one thread sets and another takes.
private final class Flag: Sendable {
  private let isRaised = Atomic(false)

  func raise() { isRaised.store(true, ordering: .releasing) }

  func take() -> Bool { isRaised.exchange(false, ordering: .acquiring) }
}
