import MailLog
import TestSupport
import Testing

@Suite struct ExactnessTests {
  @Test(arguments: LogGenerator.Stamp.allCases)
  func countsEqualTheTruth(_ stamp: LogGenerator.Stamp) {
    #expect(LogGenerator.kinds.count >= 30)
    var generator = LogGenerator(seed: 11, stamp: stamp)
    generator.write(lineCount: 20_000)
    let truth = generator.truth
    let counted = tally(generator.bytes).summary(now: testReference)
    #expect(counted.lines == truth.lines)
    #expect(counted.connections == truth.connections)
    #expect(counted.accepted == truth.accepted)
    #expect(counted.endedSessions == truth.ended)
    #expect(counted.refusedSessions == truth.refused)
    #expect(counted.rejects == truth.rejects)
    #expect(counted.trial == truth.trial)
    #expect(counted.unknownLines == 0)
    let rejects = counted.signatures.filter { !$0.isTrial }
    #expect(sums(rejects, by: \.reply) == truth.byReply)
    #expect(sums(rejects, by: \.command) == truth.byCommand)
  }

  private func sums(
    _ counts: [TallySummary.SignatureCount], by key: (TallySummary.SignatureCount) -> String
  ) -> [String: Int] {
    counts.reduce(into: [:]) { $0[key($1), default: 0] += $1.count }
  }

  @Test(arguments: LogGenerator.kinds.indices)
  func candidatesHoldTheCause(_ index: Int) {
    let kind = LogGenerator.kinds[index]
    let text = fill(kind.text)
    let row = row(
      smtpd(
        "NOQUEUE: reject: \(kind.stage) from x.example[192.0.2.9]: \(kind.reply) \(text); "
          + "from=<s@d.example> to=<r@mx.example> proto=ESMTP helo=<h>"))
    #expect(row.kind == .reject)
    #expect(row.candidates.contains { $0.name == kind.cause })
    #expect((row.candidates.count == 1) == kind.isExact)
    #expect(row.candidates.first?.argument == kind.argument)
    #expect("\(row.code ?? 0) \(row.enhancedCode ?? "")" == kind.reply)
    #expect(row.text == text)
    #expect(row.sender == "s@d.example")
    #expect(row.recipient == "r@mx.example")
    #expect(row.helo == "h")
    #expect(row.clientName == "x.example")
    #expect(row.clientAddress == "192.0.2.9")
    #expect(row.command == kind.stage)
  }

  private func fill(_ text: String) -> String {
    let values = [
      "<H>": "<h>", "[H]": "[h]", "<S>": "<s@d.example>", "[S]": "[s@d.example]",
      "<R>": "<r@mx.example>", "[R]": "[r@mx.example]", "[A]": "[192.0.2.9]",
      "<N>": "<x.example[192.0.2.9]>",
    ]
    var result = ""
    var index = text.startIndex
    while index < text.endIndex {
      if let end = text.index(index, offsetBy: 3, limitedBy: text.endIndex),
        let value = values[String(text[index..<end])]
      {
        result += value
        index = end
      } else {
        result.append(text[index])
        index = text.index(after: index)
      }
    }
    return result
  }

  @Test func blocksMayCutLinesAnywhere() {
    var generator = LogGenerator(seed: 3, stamp: .blankDay)
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
