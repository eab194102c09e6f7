import TextGrid

/// Where the parts of a screen lie; drawing and the mouse go by the same numbers.
public struct ScreenLayout: Hashable, Sendable {
  /// Who and what, and how much.
  public let header: Rect
  /// The names of the screens; without rows while the mouse is off.
  public let tabs: Rect
  /// The screen itself.
  public let main: Rect
  /// The last line.
  public let bottom: Rect

  /// The parts of a screen of this size.
  public init(_ size: Size, hasTabs: Bool) {
    let whole = Rect(x: 0, y: 0, width: size.width, height: size.height)
    let (header, below) = whole.splitTop(2)
    let (tabs, rest) = below.splitTop(hasTabs ? 1 : 0)
    let (main, bottom) = rest.splitTop(rest.height - 1)
    (self.header, self.tabs, self.main, self.bottom) = (header, tabs, main, bottom)
  }
}

/// Where the panes of the Gate screen lie, their titles included.
public struct GateLayout: Hashable, Sendable {
  /// The list of restrictions.
  public let restrictions: Rect
  /// The column between the upper panes.
  public let divider: Rect
  /// The live connections.
  public let connections: Rect
  /// The log, over the whole width.
  public let log: Rect

  /// The panes within the main part of the screen.
  public init(_ main: Rect) {
    let (upper, lower) = main.splitTop(main.height - max(3, main.height / 4))
    let side = max(27, min(64, main.width * 36 / 100))
    let (left, right) = upper.splitLeft(upper.width - side)
    restrictions = left
    (divider, connections) = right.splitLeft(1)
    log = lower
  }
}

/// Where the parts of the Settings screen lie.
public struct SettingsLayout: Hashable, Sendable {
  /// The rule with the name.
  public let title: Rect
  /// A row for each parameter.
  public let rows: Rect
  /// What is said of the one under the cursor.
  public let help: Rect

  /// The parts within the main part of the screen.
  public init(_ main: Rect) {
    let (title, below) = main.splitTop(1)
    let (rows, help) = below.splitTop(below.height - min(4, max(2, main.height / 5)))
    (self.title, self.rows, self.help) = (title, rows, help)
  }
}

/// Where the parts of the History screen lie, their titles included.
public struct HistoryLayout: Hashable, Sendable {
  /// The changes.
  public let list: Rect
  /// The column between list and details; without columns where they stand one above the other.
  public let divider: Rect
  /// The chosen change.
  public let details: Rect

  /// The parts within the main part of the screen, for so many changes.
  public init(_ main: Rect, changes: Int) {
    guard main.width >= 120 else {
      (list, details) = main.splitTop(max(4, min(changes + 1, main.height / 2)))
      divider = Rect(x: 0, y: 0, width: 0, height: 0)
      return
    }
    let (left, right) = main.splitLeft(main.width * 55 / 100)
    list = left
    (divider, details) = right.splitLeft(1)
  }
}

/// Where an open popup lies, and what of its text it shows.
public struct PopupLayout: Hashable, Sendable {
  /// The frame, its border included.
  public let frame: Rect
  /// The lines of the text that are shown.
  public let shown: Range<Int>
  /// The line with the keys.
  public let footer: Rect

  /// The place of this text on a screen of this size.
  public init(_ popup: PopupText, scroll: Int, on size: Size) {
    let width = PopupText.width(on: size)
    let visible = min(popup.lines.count, PopupText.height(on: size))
    frame = Rect(x: 0, y: 0, width: size.width, height: size.height)
      .centered(width: width + 4, height: visible + 4)
    let first = min(scroll, max(0, popup.lines.count - visible))
    shown = first..<(first + visible)
    footer = Rect(x: frame.x + 2, y: frame.maxY - 2, width: width, height: 1)
  }
}

/// The first row to show so that the cursor stands in the middle where the ends allow it.
public func firstVisible(cursor: Int, count: Int, height: Int) -> Int {
  max(0, min(cursor - height / 2, count - height))
}
