/// Damages configuration files so that they stay recognisable.
enum Mutator {
  private static let pieces: [[UInt8]] =
    [
      "\0", "\r", "\n", "\r\n", " ", "\t", ",", ", ", "#", "# ", "=", "$", "${", "}", "{", "$$",
      ":",
      "-o ", "\n  # a note\n", "\n\n", "\n# in column one\n", "\n    ", "\u{b}", "\u{feff}",
      "warn_if_reject ", "warn_if_reject, ", "permit ", "reject ", "reject_rbl_client ",
      "\n    # reject_non_fqdn_sender\n", "$extra ", "(", ")", "?", "smtpd_helo_restrictions = ",
      "${a?{b}:{c}}", "${{a} == {b} ? {c}", "$(mynetworks)", "-o { x = y }", "\\", "\"", "!",
    ].map { Array($0.utf8) } + [[0xff], [0xc3, 0x28], [0xef, 0xbb, 0xbf]]

  /// The text with one to `most` damages.
  static func mutated(_ text: [UInt8], _ dice: inout Dice, most: Int) -> [UInt8] {
    var bytes = text
    for _ in 0...dice.below(most) where !bytes.isEmpty {
      let place = dice.below(bytes.count)
      switch dice.below(8) {
      case 0: bytes.remove(at: place)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(40)))
      case 2: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
      case 3:
        // A piece of the text comes again elsewhere.
        let start = dice.below(bytes.count)
        let copy = Array(bytes[start..<min(bytes.count, start + dice.below(60))])
        bytes.insert(contentsOf: copy, at: place)
      default: bytes.insert(contentsOf: dice.choice(pieces), at: place)
      }
    }
    if dice.chance(8) { bytes = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] } }
    if dice.chance(8), bytes.last == 10 { bytes.removeLast() }
    return bytes
  }

  /// A part of the text of at most `size` bytes; it may begin and end anywhere.
  static func window(_ text: [UInt8], _ dice: inout Dice, size: Int) -> [UInt8] {
    let start = dice.below(text.count)
    return Array(text[start..<min(text.count, start + dice.below(size))])
  }
}
