import ConsoleCore

/// Turns the bytes of a terminal into keys.
///
/// The bytes are read here rather than by ncurses, because over a slow line those of one arrow key
/// arrive apart: after a lone ESC was reported, a `[` or `O` that follows closely still belongs to
/// it and must not be taken for a key of its own. A bracketed paste is one event, so that pasted text
/// never triggers keys.
///
/// Known sequences: those of xterm, screen, tmux, the Linux console, rxvt and vt100, which agree
/// except for a few that are listed twice.
public struct KeyDecoder: Sendable {
  /// How long a lone ESC may wait for more, in milliseconds.
  public static let escapeDelay = 25
  /// Bytes of a pasted text that are kept: no line that is typed is as long.
  private static let pasteLimit = 4096
  /// How long after a reported ESC the rest of a sequence may come, in milliseconds.
  public static let splitDelay = 500

  private enum Mode: Hashable {
    case ground, escape, reportedEscape, csi, ss3, linuxFunction, paste
  }

  private var mode = Mode.ground
  private var parameters: [UInt8] = []
  private var character: [UInt8] = []
  private var escapeTime: Int64 = 0
  // What was pasted so far; of a longer text the rest is dropped, but for the bytes that may be its end.
  private var pasted: [UInt8] = []

  /// Creates a decoder that has seen nothing.
  public init() {}

  /// When `flush` wants to be called at the latest, in milliseconds; nil while nothing waits.
  public var deadline: Int64? { mode == .escape ? escapeTime + Int64(Self.escapeDelay) : nil }

  /// Takes bytes that arrived at `now` (milliseconds of any steady clock) and returns what they mean, in
  /// order: keys, texts that were pasted, and what the mouse did, which it does only when told to.
  public mutating func feed(_ bytes: some Sequence<UInt8>, now: Int64) -> [Event] {
    var events: [Event] = []
    for byte in bytes { take(byte, now: now, into: &events) }
    return events
  }

  /// Reports a lone ESC when nothing has followed it in time.
  public mutating func flush(now: Int64) -> [Key] {
    guard let deadline, now >= deadline else { return [] }
    mode = .reportedEscape
    return [.escape]
  }

  private mutating func take(_ byte: UInt8, now: Int64, into events: inout [Event]) {
    switch mode {
    case .ground: takeGround(byte, now: now, into: &events)
    case .escape: takeAfterEscape(byte, now: now, into: &events)
    case .reportedEscape:
      if now - escapeTime <= Int64(Self.splitDelay),
        byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O")
      {
        takeAfterEscape(byte, now: now, into: &events)
      } else {
        mode = .ground
        takeGround(byte, now: now, into: &events)
      }
    case .csi: takeCSI(byte, now: now, into: &events)
    case .ss3:
      mode = .ground
      if let key = Self.finals[byte] { events.append(.key(key)) }
    case .linuxFunction:
      mode = .ground
      if (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(byte) {
        events.append(.key(.function(Int(byte) - 0x40)))
      }
    case .paste: takePaste(byte, into: &events)
    }
  }

  private mutating func takeGround(_ byte: UInt8, now: Int64, into events: inout [Event]) {
    if byte >= 0x80 || !character.isEmpty {
      takeUTF8(byte, now: now, into: &events)
      return
    }
    switch byte {
    case 0x1B:
      mode = .escape
      escapeTime = now
    case 0x0D, 0x0A: events.append(.key(.enter))
    case 0x09: events.append(.key(.tab))
    case 0x08, 0x7F: events.append(.key(.backspace))
    case 0x01...0x1A: events.append(.key(.control(Character(Unicode.Scalar(byte + 0x60)))))
    case 0x00, 0x1C...0x1F: break
    default: events.append(.key(.character(Character(Unicode.Scalar(byte)))))
    }
  }

  private mutating func takeUTF8(_ byte: UInt8, now: Int64, into events: inout [Event]) {
    let isContinuation = byte & 0xC0 == 0x80
    if !character.isEmpty && !isContinuation {
      // Cut off in the middle: forget it, the new byte stands for itself.
      character = []
      takeGround(byte, now: now, into: &events)
      return
    }
    character.append(byte)
    let wanted = character[0] >= 0xF0 ? 4 : character[0] >= 0xE0 ? 3 : character[0] >= 0xC2 ? 2 : 1
    guard character.count >= wanted else { return }
    if wanted > 1, let text = String(validating: character, as: UTF8.self), let only = text.first {
      events.append(.key(.character(only)))
    }
    character = []
  }

  private mutating func takeAfterEscape(_ byte: UInt8, now: Int64, into events: inout [Event]) {
    switch byte {
    case UInt8(ascii: "["):
      mode = .csi
      parameters = []
    case UInt8(ascii: "O"): mode = .ss3
    case 0x1B:
      events.append(.key(.escape))
      escapeTime = now
    default:
      // Alt with a key, or Esc and a key in one packet: both are the two keys, as in vi and less.
      mode = .ground
      events.append(.key(.escape))
      takeGround(byte, now: now, into: &events)
    }
  }

  private mutating func takeCSI(_ byte: UInt8, now: Int64, into events: inout [Event]) {
    switch byte {
    case UInt8(ascii: "[") where parameters.isEmpty: mode = .linuxFunction
    case 0x20...0x3F:
      // A sequence without an end is no key; keep it from growing.
      if parameters.count < 32 { parameters.append(byte) }
    case 0x40...0x7E:
      mode = .ground
      finish(byte, into: &events)
    case 0x1B:
      mode = .escape
      escapeTime = now
    default: mode = .ground
    }
  }

  private mutating func finish(_ final: UInt8, into events: inout [Event]) {
    if parameters.first == UInt8(ascii: "<") {
      if final == UInt8(ascii: "M"), let pointer { events.append(.pointer(pointer)) }
      return
    }
    guard final == UInt8(ascii: "~") else {
      if let key = Self.finals[final] { events.append(.key(key)) }
      return
    }
    let digits = parameters.prefix { $0 != UInt8(ascii: ";") }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return }
    if number == 200 {
      mode = .paste
      pasted = []
    } else if let key = Self.numbered[number] {
      events.append(.key(key))
    }
  }

  /// `CSI < button ; column ; row M` (xterm's mode 1006); nil for what means nothing to the console.
  private var pointer: Pointer? {
    let numbers = parameters.dropFirst().split(
      separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
    ).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    let kind: Pointer.Kind? =
      switch numbers[0] {
      case 0: .press
      case 64: .wheelUp
      case 65: .wheelDown
      default: nil
      }
    return kind.map { Pointer(kind: $0, x: numbers[1] - 1, y: numbers[2] - 1) }
  }

  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  private mutating func takePaste(_ byte: UInt8, into events: inout [Event]) {
    pasted.append(byte)
    if pasted.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
      mode = .ground
      let text = pasted.prefix(min(Self.pasteLimit, pasted.count - Self.pasteEnd.count))
      events.append(.pasted(String(decoding: text, as: UTF8.self)))
      pasted = []
    } else if pasted.count > Self.pasteLimit + Self.pasteEnd.count {
      pasted.remove(at: Self.pasteLimit)
    }
  }

  private static let finals: [UInt8: Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
    UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
    UInt8(ascii: "Z"): .backTab, UInt8(ascii: "M"): .enter, UInt8(ascii: "P"): .function(1),
    UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3),
    UInt8(ascii: "S"): .function(4),
  ]

  private static let numbered: [Int: Key] = [
    1: .home, 7: .home, 4: .end, 8: .end, 3: .delete, 5: .pageUp, 6: .pageDown,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12),
  ]
}
