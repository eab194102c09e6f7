import Glibc
import Testing

@testable import PostfixConfig

@Suite struct RoundTripTests {
  /// Inputs to try: POSTGATE_FUZZ_INPUTS, else 20,000.
  private static var inputs: Int {
    getenv("POSTGATE_FUZZ_INPUTS").flatMap { Int(String(cString: $0)) } ?? 20_000
  }

  @Test func keepsAnyBytes() {
    var random = SplitMix(state: 42)
    let seeds = [Fixture.tutorial, Fixture.master].map { Array($0.utf8) }
    let palette: [UInt8] = Array(" \t\r\n#=$,{}:-o\0a\u{7f}".utf8) + [0xff, 0xef]
    for number in 0..<Self.inputs {
      var bytes = seeds[number % seeds.count]
      let start = Int(random.next() % UInt64(bytes.count))
      bytes = Array(bytes[start..<min(bytes.count, start + Int(random.next() % 120))])
      for _ in 0..<(random.next() % 6) where !bytes.isEmpty {
        let place = Int(random.next() % UInt64(bytes.count))
        let byte = palette[Int(random.next() % UInt64(palette.count))]
        if random.next() % 2 == 0 { bytes[place] = byte } else { bytes.insert(byte, at: place) }
      }
      let main = MainCF(bytes)
      let master = MasterCF(bytes)
      let extents = main.text.kinds.indices.flatMap { bytes[main.text.extent(of: $0)] }
      guard main.bytes == bytes, master.bytes == bytes, extents == bytes else {
        Issue.record("input \(number) changed: \(bytes)")
        return
      }
      if number % 50 == 0 {
        let configuration = Configuration(
          main: main, master: master, environment: Fixture.environment)
        #expect(configuration.findings() == configuration.findings())
      }
    }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}
