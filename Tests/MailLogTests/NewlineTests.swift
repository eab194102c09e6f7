import CByteScan
import TestSupport
import Testing

/// Looking for newlines: every way finds what a plain loop finds, whichever this processor takes.
@Suite struct NewlineTests {
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
}
