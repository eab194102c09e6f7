import PostfixHost
import Sandbox
import Testing

@Suite struct TrafficPlanTests {
  @Test func aSeedAlwaysGivesTheSameSessions() {
    let one = (0..<500).map(TrafficPlan(seed: 7).session)
    #expect(one == (0..<500).map(TrafficPlan(seed: 7).session))
    #expect(one != (0..<500).map(TrafficPlan(seed: 8).session))
  }

  @Test func mostSessionsAreNuisanceAndEveryKindOccurs() {
    let sessions = (0..<2000).map(TrafficPlan(seed: 1).session)
    let nuisance = sessions.count { $0.kind.isNuisance }
    #expect(nuisance > 1800 && nuisance < 1950)
    #expect(Set(sessions.map(\.kind)) == Set(TrafficKind.allCases))
    #expect(TrafficKind.allCases.reduce(0) { $0 + $1.share } == 1000)
  }

  @Test func clientsPretendAddressesOfTheDocumentationRangesOnly() {
    let addresses = (0..<2000).compactMap { TrafficPlan().session($0).client?.address }
    let ranges = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"]
    #expect(addresses.allSatisfy { address in ranges.contains { address.hasPrefix($0) } })
    for range in ranges { #expect(addresses.contains { $0.hasPrefix(range) }) }
    #expect(Set(addresses).count > 200)
  }
}
