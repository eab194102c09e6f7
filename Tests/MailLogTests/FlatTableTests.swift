import TestSupport
import Testing

@testable import MailLog

@Suite struct FlatTableTests {
  @Test func behavesAsADictionary() {
    var table = FlatTable(capacity: 8, filler: 0)
    var model: [UInt64: Int] = [:]
    var random = SeededRandom(7)
    for step in 0..<50_000 {
      let key = (1 + random.next() % 3000) &* 0x9E37_79B9_7F4A_7C15
      if random.next() % 3 == 0 {
        var taken: Int?
        table.remove(key) { taken = $0 }
        #expect(taken == model.removeValue(forKey: key))
      } else {
        let isNew = table.insert(key, step)
        #expect(isNew == (model[key] == nil))
        var kept: Int?
        table.update(key) { kept = $0 }
        #expect(kept == (isNew ? step : model[key]))
        table.set(key, step)
        model[key] = step
      }
    }
    #expect(table.count == model.count)
    #expect(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.value) }) == model)
  }
}
