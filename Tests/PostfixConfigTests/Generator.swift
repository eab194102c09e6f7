import Glibc

/// Numbers that are the same in every run (splitmix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
  mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
}

/// Damaged but recognisable configuration files.
enum Generator {
  /// How many inputs to try: POSTGATE_FUZZ_INPUTS, else `standard`.
  static func inputs(_ standard: Int) -> Int {
    getenv("POSTGATE_FUZZ_INPUTS").flatMap { Int(String(cString: $0)) } ?? standard
  }

  private static let pieces: [[UInt8]] =
    [
      "\0", "\r", "\n", "\r\n", " ", "\t", ",", ", ", "#", "# ", "=", "$", "${", "}", "{", "$$",
      ":",
      "-o ", "\n  # a note\n", "\n\n", "\n# in column one\n", "\n    ", "\u{b}", "\u{feff}",
      "warn_if_reject ", "warn_if_reject, ", "permit ", "reject ", "reject_rbl_client ",
      "\n    # reject_non_fqdn_sender\n", "$extra ", "(", ")", "?", "smtpd_helo_restrictions = ",
    ].map { Array($0.utf8) } + [[0xff], [0xc3, 0x28]]

  static func mutated(_ text: String, _ dice: inout Dice, most: Int) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...dice.below(most) where !bytes.isEmpty {
      let place = dice.below(bytes.count)
      switch dice.below(6) {
      case 0: bytes.remove(at: place)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(40)))
      default:
        bytes.insert(contentsOf: pieces[dice.below(pieces.count)], at: place)
      }
    }
    if dice.chance(8) {
      bytes = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
    }
    if dice.chance(8), bytes.last == 10 { bytes.removeLast() }
    return bytes
  }
}
