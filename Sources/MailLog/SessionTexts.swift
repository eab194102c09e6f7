/// The names and verdicts of open sessions, in memory that one session leaves to the next, so that a
/// follower allocates nothing per line.
///
/// A text longer than its place is cut and ends in `…`: what a client calls itself may be as long as
/// it likes, and a screen shows its beginning.
struct SessionTexts: ~Copyable {
  /// A text of a session.
  enum Field: Int, CaseIterable {
    case name, address, helo, user, tls, argument

    /// Bytes that are kept at most. A DNS name has 255 (RFC 1035, section 2.3.4).
    fileprivate var limit: Int {
      switch self {
      case .name, .helo, .argument: 255
      case .address: 64
      case .user: 128
      case .tls: 16
      }
    }

    /// Where the text begins among those of its session.
    fileprivate var offset: Int {
      Self.allCases[..<rawValue].reduce(0) { $0 + $1.limit }
    }
  }

  /// What happened last, without its texts.
  enum Verdict {
    case none, accepted, lost, authFailed
    case rejected(SMTPCommand, RejectSignature)
    case trial(SMTPCommand, RejectSignature)
  }

  private struct Slot {
    /// Bytes of each text, by field; -1 without one, ``cut`` more where it was cut.
    var lengths = [-1, -1, -1, -1, -1, -1] as InlineArray<6, Int16>
    var verdict = Verdict.none
  }

  private static let cut: Int16 = 1 << 10
  private static let offsets = Field.allCases.map(\.offset)
  private static let limits = Field.allCases.map(\.limit)
  private static let width = Field.allCases.reduce(0) { $0 + $1.limit }

  private var places: [UInt64: Int] = [:]
  private var slots: [Slot] = []
  private var bytes: [UInt8] = []
  private var free: [Int] = []

  /// Begins a session without texts.
  mutating func begin(_ key: UInt64) {
    if let place = places[key] {
      slots[place] = Slot()
    } else if let place = free.popLast() {
      slots[place] = Slot()
      places[key] = place
    } else {
      places[key] = slots.count
      slots.append(Slot())
      bytes.append(contentsOf: repeatElement(0, count: Self.width))
    }
  }

  /// Forgets a session.
  mutating func end(_ key: UInt64) {
    if let place = places.removeValue(forKey: key) { free.append(place) }
  }

  /// Sets a text of an open session; an absent one leaves what is there.
  mutating func set(_ field: Field, _ line: Span<UInt8>, _ slice: Slice, of key: UInt64) {
    guard slice.isPresent, let place = places[key] else { return }
    let limit = Self.limits[field.rawValue]
    var length = min(slice.count, limit)
    if length < slice.count {
      // Not within a character.
      while length > 0 && line[slice.lower + length] & 0xC0 == 0x80 { length -= 1 }
    }
    let start = place * Self.width + Self.offsets[field.rawValue]
    for index in 0..<length { bytes[start + index] = line[slice.lower + index] }
    slots[place].lengths[field.rawValue] = Int16(length) + (length < slice.count ? Self.cut : 0)
  }

  /// Sets the verdict of an open session.
  mutating func set(_ verdict: Verdict, of key: UInt64) {
    if let place = places[key] { slots[place].verdict = verdict }
  }

  /// Removes a text of an open session.
  mutating func remove(_ field: Field, of key: UInt64) {
    if let place = places[key] { slots[place].lengths[field.rawValue] = -1 }
  }

  /// A text of an open session, invalid UTF-8 repaired.
  func text(_ field: Field, of key: UInt64) -> String? {
    guard let place = places[key] else { return nil }
    let length = slots[place].lengths[field.rawValue]
    guard length >= 0 else { return nil }
    let start = place * Self.width + Self.offsets[field.rawValue]
    let kept = String(
      decoding: bytes[start..<(start + Int(length & (Self.cut - 1)))], as: UTF8.self)
    return length >= Self.cut ? kept + "…" : kept
  }

  /// The verdict of an open session; nil when nothing happened.
  func verdict(of key: UInt64) -> OpenSession.Verdict? {
    guard let place = places[key] else { return nil }
    switch slots[place].verdict {
    case .none: return nil
    case .accepted: return .accepted
    case .lost: return .lost
    case .authFailed: return .authFailed
    case .rejected(let command, let signature):
      return .rejected(
        command: command.name, signature: signature, argument: text(.argument, of: key))
    case .trial(let command, let signature):
      return .trial(
        command: command.name, signature: signature, argument: text(.argument, of: key))
    }
  }
}
