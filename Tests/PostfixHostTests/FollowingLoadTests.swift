import TestSupport
import Testing

/// Every line once while a busy log is rotated in every way in the middle; `make bench` does it at
/// 200,000 lines a second for ten seconds.
@Suite(.serialized) struct FollowingLoadTests {
  @Test func everyRotationUnderLoadIsExact() throws {
    let folder = try LogFolder()
    defer { folder.remove() }
    let result = try FollowingScenario(directory: folder.directory, seconds: 2, rate: 20_000).run()
    #expect(result.written == 40_000)
    #expect(result.isExact, "\(result)")
    #expect(result.cuts == 1)
    #expect(result.problem?.contains("cut") == true)
  }
}
