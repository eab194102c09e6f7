import MailLog
import TestSupport
import Testing

@Suite struct RejectKindTests {
  @Test(arguments: RejectKind.all.indices)
  func rowHoldsEveryPart(_ index: Int) {
    let kind = RejectKind.all[index]
    let row = row("Nov 22 09:00:00 mx postfix/\(kind.program)[7]: \(kind.filled)")
    #expect(row.kind == .reject)
    #expect(row.candidates.contains { $0.name == kind.cause })
    #expect((row.candidates.count == 1) == kind.isExact)
    #expect(row.candidates.first?.argument == kind.argument)
    #expect(row.command == kind.command)
    let reply = [row.code.map { "\($0)" }, row.enhancedCode].compactMap { $0 }
    #expect(reply.joined(separator: " ") == kind.reply)
    let has = { (mark: String) in kind.message.contains(mark) }
    #expect(row.sender == (has("from=<{S}>") ? "s@d.example" : nil))
    #expect(row.recipient == (has("to=<{R}>") ? "r@mx.example" : nil))
    #expect(row.helo == (has("helo=<{H}>") ? "h" : nil))
    #expect(row.clientAddress == (has("from {C}") || has("from [{A}]") ? "192.0.2.9" : nil))
    #expect(row.clientName == (has("from {C}") ? "x.example" : nil))
    #expect(row.queueID == (has("{Q}") ? "9E730FD84EB" : nil))
  }

  @Test func blocksMayCutLinesAnywhere() {
    var generator = LogGenerator(seed: 3, form: .blankDay)
    generator.write(lineCount: 500)
    let whole = tally(generator.bytes).summary(now: testReference)
    let pieces = LogTally(window: .fixed(since: nil, until: nil), reference: testReference)
    var buffer: [UInt8] = []
    var random = SeededRandom(5)
    var rest = generator.bytes[...]
    while !rest.isEmpty {
      let count = min(rest.count, Int(random.next() % 300) + 1)
      buffer += rest.prefix(count)
      rest = rest.dropFirst(count)
      let used = pieces.consume(buffer.span)
      buffer.removeFirst(used)
    }
    #expect(pieces.summary(now: testReference) == whole)
  }
}
