import PostfixHost

/// An endless, reproducible list of sessions: the same seed gives the same sessions.
///
/// Each session depends on the seed and its number only, so that many threads can take from it.
public struct TrafficPlan: Hashable, Sendable {
  /// What makes one plan differ from another.
  public var seed: UInt64
  /// Sessions in a thousand that stay open for 2 to 6 seconds.
  public var lingering: Int

  /// Makes a plan.
  public init(seed: UInt64 = 1, lingering: Int = 60) {
    self.seed = seed
    self.lingering = lingering
  }

  /// The session with this number, from 0.
  public func session(_ number: Int) -> TrafficSession {
    var random = TrafficRandom(seed: seed &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9)
    let kind = Self.pick(&random)
    var session = TrafficWriter(number: number, random: random).session(of: kind)
    var chance = TrafficRandom(seed: seed ^ UInt64(truncatingIfNeeded: number) &+ 0x5151)
    if chance.below(1000) < lingering {
      let wait = TrafficSession.Step.linger(seconds: 2 + Double(chance.below(400)) / 100)
      session.steps.insert(wait, at: max(0, session.steps.count - 1))
    }
    return session
  }

  private static func pick(_ random: inout TrafficRandom) -> TrafficKind {
    var left = random.below(TrafficKind.allCases.reduce(0) { $0 + $1.share })
    for kind in TrafficKind.allCases {
      if left < kind.share { return kind }
      left -= kind.share
    }
    return .goodMail
  }
}

/// A small generator of reproducible numbers (SplitMix64).
struct TrafficRandom: RandomNumberGenerator, Hashable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
    // Neighbouring seeds must not begin alike.
    state = next() ^ seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `bound` - 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// One of the elements; `fallback` when there is none.
  mutating func one<Element>(of elements: [Element], else fallback: Element) -> Element {
    elements.isEmpty ? fallback : elements[below(elements.count)]
  }
}
