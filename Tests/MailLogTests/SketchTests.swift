import TestSupport
import Testing

@testable import MailLog

@Suite struct SketchTests {
  @Test func distinctCountIsWithinThreeStandardErrors() {
    for size in [0, 1, 10, 1000, 20_000, 40_000, 60_000, 100_000] {
      var sketch = HyperLogLog()
      for value in 0..<size {
        let bytes = Array("client\(value)".utf8)
        sketch.add(bytes.span.hash(from: 0, to: bytes.count))
      }
      let allowed = max(1, Double(size) * HyperLogLog.standardError * 4)
      #expect(abs(Double(sketch.estimate - size)) <= allowed)
    }
  }

  /// Addresses that differ in a few digits only, at the start, in the middle and at the end.
  @Test(arguments: [
    ("", ".0.2.1"), ("192.0.", ".7"), ("2001:db8:", "::1"), ("2001:db8:1:2:3:4:", ":9"),
    ("2001:db8:1234:5678:9abc:def0:1234:", ""),
  ])
  func distinctAddressesThatAreAlikeAreToldApart(_ start: String, _ end: String) {
    var left = HyperLogLog()
    var right = HyperLogLog()
    for value in 0..<40_000 {
      let bytes = Array((start + String(value, radix: 16) + end).utf8)
      let hash = bytes.span.hash(from: 0, to: bytes.count)
      if value % 2 == 0 { left.add(hash) } else { right.add(hash) }
    }
    left.merge(right)
    #expect(abs(Double(left.estimate - 40_000)) <= 40_000 * HyperLogLog.standardError * 4)
  }

  @Test func heavyHittersAreExactWhileTheyFit() {
    var sketch = FrequentItems()
    for index in 0..<1000 {
      for _ in 0...(index % 7) { add("key\(index)", to: &sketch) }
    }
    #expect(sketch.error == 0)
    let top = sketch.top(2)
    #expect(top.map(\.count) == [7, 7])
    #expect(top.map(\.error) == [0, 0])
    #expect(top.map(\.key) == ["key104", "key111"])
  }

  @Test func heavyHittersStateTheirErrorTruthfully() {
    var sketch = FrequentItems()
    var truth: [String: Int] = [:]
    var random = SeededRandom(9)
    for step in 0..<200_000 {
      // Every tenth is one of five heavy keys; the others hardly repeat.
      let key = step % 10 == 0 ? "heavy\(random.next() % 5)" : "light\(random.next() % 100_000)"
      truth[key, default: 0] += 1
      add(key, to: &sketch)
    }
    let top = sketch.top(5)
    #expect(Set(top.map(\.key)) == Set((0..<5).map { "heavy\($0)" }))
    for entry in sketch.top(100) {
      let count = truth[entry.key] ?? 0
      #expect(count <= entry.count && count >= entry.count - entry.error)
    }
  }

  @Test func mergedSketchesCountBoth() {
    var left = FrequentItems()
    var right = FrequentItems()
    for _ in 0..<5 { add("a key that is longer than eight bytes", to: &left) }
    for _ in 0..<3 { add("a key that is longer than eight bytes", to: &right) }
    left.merge(right)
    #expect(
      left.top(1)
        == [HeavyHitter(key: "a key that is longer than eight bytes", count: 8, error: 0)])
  }

  @Test(arguments: [
    ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"), ("2001:db8::1", "2001:db8::/64"),
    ("::1", "::/64"), ("1:2:3:4::", "1:2:3:4::/64"), ("1::4:5:6:7:8", "1:0:0:4::/64"),
  ])
  func networksOfIPv6AreTheirFirstFourGroups(_ address: String, _ network: String) {
    let bytes = Array(address.utf8)
    #expect(IPv6Prefix(bytes.span, from: 0, to: bytes.count)?.description == network)
  }

  private func add(_ key: String, to sketch: inout FrequentItems) {
    let bytes = Array(key.utf8)
    sketch.add(bytes.span, from: 0, to: bytes.count)
  }
}
