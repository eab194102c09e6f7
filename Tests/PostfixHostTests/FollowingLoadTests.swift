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
    // A reader that gets no processor for seconds may find the copy before it knows the log.
    #expect(result.cuts == 1 || result.counted == result.written)
    #expect(result.cuts == 0 || result.problem?.contains("cut") == true)
  }
}
