import MailLog
import Testing

@testable import ConsoleCore

/// What comes again is told once.
@Suite struct RowsOnceTests {
  private func row(_ number: Int, at second: Int64) -> LogRow {
    var row = Fixture.row(number)
    row.time = LogTime(seconds: second)
    return row
  }

  private func numbers(_ rows: [LogRow]) -> [UInt64] { rows.map(\.sequence) }

  @Test func rowsThatComeAgainAreLeftOut() {
    var once = RowsOnce()
    let first = [row(1, at: 10), row(2, at: 11), row(3, at: 11)]
    #expect(numbers(once.new(first, generation: 0)) == [1, 2, 3])
    #expect(numbers(once.new([row(4, at: 11)], generation: 0)) == [4])
    // The same ones again, in two portions, with what followed in the same second and later.
    #expect(once.new([row(5, at: 10), row(6, at: 11), row(7, at: 11)], generation: 1).isEmpty)
    let rest = [row(8, at: 11), row(9, at: 11), row(10, at: 12)]
    #expect(numbers(once.new(rest, generation: 1)) == [9, 10])
    #expect(numbers(once.new([row(11, at: 12)], generation: 1)) == [11])
  }

  @Test func aStampThatGoesBackIsNewAllTheSame() {
    var once = RowsOnce()
    let rows = [row(1, at: 10), row(2, at: 9), row(3, at: 10)]
    #expect(numbers(once.new(rows, generation: 0)) == [1, 2, 3])
    #expect(once.new(rows, generation: 1).isEmpty)
    #expect(numbers(once.new([row(4, at: 9)], generation: 1)) == [4])
  }

  @Test func whatWasCutAwayDoesNotHideWhatFollows() {
    var once = RowsOnce()
    _ = once.new([row(1, at: 10), row(2, at: 10)], generation: 0)
    #expect(numbers(once.new([row(3, at: 11), row(4, at: 11)], generation: 1)) == [3, 4])
  }
}
