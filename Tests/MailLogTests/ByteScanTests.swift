import CByteScan
import TestSupport
import Testing

/// Many bytes at once against a plain loop over them.
@Suite struct ByteScanTests {
  /// Looking for newlines: every way finds the same, whichever this processor takes.
  @Test(arguments: [0, 1, 2] as [Int32]) func everyWayFindsTheSame(way: Int32) {
    var random = SeededRandom(UInt64(way) + 7)
    for round in 0..<2000 {
      let count = Int(random.next() % 700)
      // From no newline at all to nothing else.
      let share = UInt64(round % 5 == 4 ? 1 : 1 + round % 90)
      let bytes = (0..<count).map { _ in
        random.next() % share == 0 ? UInt8(0x0A) : UInt8(truncatingIfNeeded: random.next())
      }
      var places = [UInt16](repeating: .max, count: 2 * 700)
      let found = cbytescan_newlines_by(way, bytes, Int64(count), &places)
      if found < 0 {
        print("this processor knows no newlines of way \(way)")
        return
      }
      let expected = bytes.indices.filter { bytes[$0] == 0x0A }.map { UInt16($0) }
      #expect(Array(places.prefix(Int(found))) == expected, "round \(round)")
    }
  }

  /// Texts that are the same but for one byte, at each place of each length, and beyond it.
  @Test func oneByteTellsTextsApart() {
    for length in 1...80 {
      let left = (0..<length + 2).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 1) }
      for place in 0..<length + 2 {
        var right = left
        right[place] ^= 1 << UInt8(place % 8)
        #expect(
          (cbytescan_same(left, right, Int64(length)) != 0) == (place >= length),
          "byte \(place) of \(length)")
      }
    }
  }

  /// A text's hash is the same however it is read, whatever stands around it, and another one for each text.
  @Test func hashIsThatOfTheTextAlone() {
    var random = SeededRandom(5)
    var seen: [UInt64: [UInt8]] = [:]
    for round in 0..<3000 {
      let count = round % 75
      let text = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 255 + 1) }
      let hash = cbytescan_hash(text, Int64(count))
      for _ in 0..<2 {
        let around = (0..<72).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let line = around.prefix(32) + text + around.suffix(40)
        line.withUnsafeBytes { bytes in
          guard let end = bytes.baseAddress.map({ $0 + 32 + count }) else { return }
          #expect(cbytescan_hash_readable(end, Int64(count)) == hash, "\(count) bytes")
          #expect(cbytescan_hash_short(end, Int64(count)) == hash, "\(count) bytes")
        }
      }
      #expect(seen.updateValue(text, forKey: hash).map { $0 == text } != false)
    }
  }
}
