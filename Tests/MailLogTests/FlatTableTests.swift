import TestSupport
import Testing

@testable import MailLog

@Suite struct FlatTableTests {
  @Test func behavesAsADictionary() {
    var table = FlatTable(capacity: 8, filler: 0)
    var model: [UInt64: Int] = [:]
    var random = SeededRandom(7)
    for step in 0..<50_000 {
      let key = (random.next() % 3000) &* 0x9E37_79B9_7F4A_7C15
      if random.next() % 3 == 0 {
        #expect(table.remove(key) == model.removeValue(forKey: key))
      } else {
        #expect(table.set(key, step) == model.updateValue(step, forKey: key))
      }
    }
    #expect(table.count == model.count)
    #expect(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.value) }) == model)
  }
}
