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
}
