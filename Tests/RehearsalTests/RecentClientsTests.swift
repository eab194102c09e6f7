import Testing

@testable import Rehearsal

/// What the pre-flight says of recently accepted mail.
@Suite struct RecentClientsTests {
  private func lines(judged: Int = 0, _ reasons: [Unjudged: Int]) -> [String] {
    var found = RecentClients()
    found.judged = judged
    found.reasons = reasons
    return found.lines
  }

  @Test func theReasonOfWhatWasNotJudgedIsTold() {
    #expect(lines([:]).isEmpty)
    #expect(lines(judged: 4, [:]) == ["recently accepted mail: none of 4 would be refused"])
    #expect(
      lines([.heloUnknown: 3]) == [
        "recently accepted mail: none of 3 could be judged: their HELO names are not in the log "
          + "(record them to judge such mail)"
      ])
    #expect(
      lines(judged: 5, [.dnsFailed: 2]) == [
        "recently accepted mail: none of 5 would be refused; 2 more could not be judged: "
          + "DNS did not answer"
      ])
  }

  @Test func ofSeveralReasonsTheCommonestIsTold() {
    let text = "recently accepted mail: none of 3 could be judged; the commonest reason: "
    #expect(lines([.heloUnknown: 1, .dnsFailed: 2]) == [text + "DNS did not answer"])
    // Always the same of two that are equally common.
    #expect(
      lines([.senderUnknown: 1, .dnsFailed: 1, .noAnswer: 1]) == [text + "DNS did not answer"])
  }
}
