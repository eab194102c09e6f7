import Glibc
import TestSupport
import Testing

@testable import MailLog

/// The common forms against the general reading of the same lines.
@Suite struct CommonFormTests {
  /// The counts of a text read in one block, where all but the last lines may be of a common form.
  private func common(_ bytes: [UInt8]) -> TallySummary {
    tally(bytes).summary(now: testReference)
  }

  /// The same read line by line: without bytes behind it no line is of a common form.
  private func general(_ bytes: [UInt8]) -> TallySummary {
    let tally = LogTally(window: .fixed(since: nil, until: nil), reference: testReference)
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      let whole = Array(line) + [0x0A]
      _ = tally.consume(whole.span)
    }
    return tally.summary(now: testReference)
  }

  @Test(arguments: LogClock.Form.allCases)
  func generatedLinesCountAlike(_ form: LogClock.Form) {
    var generator = LogGenerator(seed: 23, form: form)
    generator.write(lineCount: 6000)
    #expect(common(generator.bytes) == general(generator.bytes))
  }

  /// More counters than are kept apart: what is put together must be the same both ways.
  @Test func manyCountersAreFoldedAlike() {
    let head = { (tag: String) in "Nov 22 09:00:00 mx \(tag)/smtpd[7]: " }
    var text = ""
    for number in 0..<900 {
      let line = head("postfix/t\(number)") + "disconnect from x[192.0.2.1] quit=1 commands=1\n"
      text += line + line
    }
    let classes = [
      "<c@d.example>: Relay access denied",
      "<h>: Helo command rejected: need fully-qualified hostname",
      "<c@d.example>: Recipient address rejected: User unknown",
    ]
    for number in 0..<2000 {
      let digits = String(10_000 + number).dropFirst()
      let reply = "5\(digits.prefix(2)) 5.\(digits.dropFirst(2).first ?? "0").\(digits.last ?? "0")"
      for refused in classes {
        text +=
          head("postfix") + "NOQUEUE: reject: RCPT from x[192.0.2.1]: \(reply) \(refused); "
          + "from=<a@b.example> to=<c@d.example> proto=SMTP helo=<h>\n"
      }
    }
    let (left, right) = (common(Array(text.utf8)), general(Array(text.utf8)))
    #expect(left.signatures.map(\.count).reduce(0, +) == 6000)
    #expect(Set(left.signatures) == Set(right.signatures))
    let isSame = left == right
    #expect(isSame)
  }

  /// Names shorter and longer than what is hashed, copied and looked through at once, of more clients than
  /// are kept, so that names are given up between lines.
  @Test func namesOfAllLengthsAreCountedAlike() {
    var random = SeededRandom(17)
    let letters = Array("abcxyz01-.")
    let name = { (longest: UInt64) in
      String((0..<random.next() % longest).map { _ in letters[Int(random.next() % 10)] })
    }
    let addresses = [
      { "192.0.\(random.next() % 2).\(random.next() % 9)" },
      { "10.\(random.next() % 200).\(random.next() % 200).7" },
      { "2001:db8:\(random.next() % 5)::\(random.next() % 3000)" },
      { "2001:db8:1111:2222:3333:4444:255.255.\(random.next() % 9).1" },
    ]
    var text = ""
    for number in 0..<9000 {
      let address = addresses[Int(random.next() % 4)]()
      let sender =
        random.next() % 5 == 0 ? "" : name(50) + (random.next() % 4 == 0 ? "" : "@" + name(40))
      let (helo, recipient) = (name(130), name(60) + "@x.example")
      let second = String(100 + number % 60).dropFirst()
      text +=
        "Nov 22 09:00:\(second) mx postfix/smtpd[\(number % 7)]: NOQUEUE: reject: RCPT from x[\(address)]: "
        + "504 5.5.2 <\(helo)>: Helo command rejected: need fully-qualified hostname; from=<\(sender)> "
        + "to=<\(recipient)> proto=ESMTP helo=<\(helo)>\n"
    }
    let (left, right) = (common(Array(text.utf8)), general(Array(text.utf8)))
    #expect(left.signatures.map(\.count).reduce(0, +) == 9000)
    #expect(right.topClients.contains { $0.error > 0 })
    let isSame = left == right
    #expect(isSame)
  }

  /// Lines of each common form, to be mutated: letters that matter stand in all of them.
  private static let forms = [
    "connect from x.example[192.0.2.1]", "disconnect from unknown[2001:db8::1] ehlo=1 quit=1",
    "connect from x[1.2.3.4]:25", "connect from x[7.7.7.7]y]", "connect from a[b[1.2.3.4]",
    "connect from [1.2.3.4]", "connect from unknown[2001:db8::1]",
    "NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 504 5.5.2 <h>: Helo command rejected: need "
      + "fully-qualified hostname; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<h>",
    "NOQUEUE: reject: RCPT from unknown[192.0.2.9]: 554 5.7.1 Service unavailable; Client host "
      + "[192.0.2.9] blocked using bl.example; listed; from=<> to=<c@d.example> proto=SMTP helo=<h>",
    "lost connection after EHLO from x.example[192.0.2.1]",
    "4FzQx1: client=x.example[192.0.2.1], sasl_username=me", "warning: x", "NOQUEUE: hold: x",
    "4FzQx1: from=<a@b.example>, size=9, nrcpt=1 (queue active)",
    "4FzQx1: to=<c@d.example>, relay=x.example[192.0.2.1]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, "
      + "status=sent (250 2.0.0 Ok: queued as 4FzQx2)",
    "4FzQx1: to=<c@d.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred "
      + "(connect to d.example[192.0.2.1]:25: Connection refused, status=sent (x))",
    "4FzQx1: from=<a@b.example>, status=expired, returned to sender",
  ]

  @Test func mutatedLinesCountAlike() {
    var random = SeededRandom(41)
    let letters = Array(" :;<>[]=\"\r\u{0}aF7~.,".utf8) + [0x80, 0xFF]
    var bytes: [UInt8] = []
    for _ in 0..<12_000 {
      let form = Self.forms[Int(random.next() % UInt64(Self.forms.count))]
      let second = Int(random.next() % 60)
      let (tens, ones) = (second / 10, second % 10)
      let stamps = ["Nov 22 09:00:\(tens)\(ones)", "2026-11-22T09:00:\(tens)\(ones).123456+00:00"]
      let program = ["smtpd", "cleanup", "qmgr", "local", "smtp"][Int(random.next() % 10) % 5]
      let stamp = stamps[Int(random.next() % 2)]
      var line = Array("\(stamp) mx postfix/\(program)[\(random.next() % 99)]: \(form)".utf8)
      for _ in 0..<(random.next() % 3) {
        let place = Int(random.next() % UInt64(line.count))
        switch random.next() % 3 {
        case 0: line[place] = letters[Int(random.next() % UInt64(letters.count))]
        case 1: line.remove(at: place)
        default: line.insert(letters[Int(random.next() % UInt64(letters.count))], at: place)
        }
      }
      bytes += line.filter { $0 != 0x0A } + [0x0A]
    }
    let (left, right) = (common(bytes), general(bytes))
    // Apart first: two whole summaries are too long to be compared by eye.
    #expect(left.incidents == right.incidents)
    #expect(left.connections == right.connections && left.accepted == right.accepted)
    #expect(
      left.endedSessions == right.endedSessions && left.refusedSessions == right.refusedSessions)
    #expect(left.postfixLines == right.postfixLines && left.unknownLines == right.unknownLines)
    #expect(Set(left.signatures) == Set(right.signatures))
    let isSame = left == right
    #expect(isSame)
  }

  /// A name of a list that is empty is that of no other list.
  @Test func emptyListNameIsItsOwn() {
    let line = { (list: String) in
      "Nov 22 09:00:01 mx postfix/smtpd[77]: NOQUEUE: reject: RCPT from x[192.0.2.9]: 554 5.7.1 Service "
        + "unavailable; Client host [192.0.2.9] blocked using \(list); from=<a> to=<b> proto=SMTP helo=<c>\n"
    }
    let bytes = Array((line("bl.example") + line(" ") + line(" ") + line("short") + line("x")).utf8)
    let (left, right) = (common(bytes), general(bytes))
    #expect(Set(left.signatures) == Set(right.signatures))
    #expect(left.signatures.contains { $0.argument == "bl.example" && $0.count == 1 })
  }

  /// Lines cut anywhere, at the end of a block behind which nothing can be read, and at the beginning of one
  /// in front of which nothing can.
  @Test func nothingAroundTheBlockIsRead() throws {
    let page = 4096
    let memory = try #require(
      mmap(nil, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(memory, 3 * page) }
    #expect(
      memory != MAP_FAILED && mprotect(memory + page, page, PROT_READ | PROT_WRITE) == 0)
    let heads = [
      "Nov 22 09:00:01 m p/", "Nov 22 09:00:01 mx postfix/",
      "2026-11-22T09:00:01.123456+00:00 mx postfix/",
    ]
    let programs = ["smtpd", "cleanup", "qmgr", "local"]
    let tally = LogTally(window: .fixed(since: nil, until: nil), reference: testReference)
    let consume = { (bytes: [UInt8], start: UnsafeMutableRawPointer) in
      start.copyMemory(from: bytes, byteCount: bytes.count)
      let span = Span(
        _unsafeElements: UnsafeBufferPointer(
          start: start.assumingMemoryBound(to: UInt8.self), count: bytes.count))
      #expect(tally.consume(span) == bytes.count - 64)
    }
    let behind = [UInt8](repeating: UInt8(ascii: "x"), count: 64)
    for head in heads {
      let warm = Array(programs.map { "\(head)\($0)[7]: 4FzQx1: x\n" }.joined().utf8)
      for (form, program) in Self.forms.flatMap({ form in programs.map { (form, $0) } }) {
        let line = Array("\(head)\(program)[7]: \(form)".utf8)
        for length in 20...line.count {
          let bytes = Array(line.prefix(length)) + [0x0A]
          let last = warm + bytes + behind
          consume(last, memory + 2 * page - last.count)
          // The lines before are known; this one is the first of its block.
          consume(bytes + warm + behind, memory + page)
        }
      }
    }
  }

  /// What a common reject says, read both ways.
  @Test func partsAreThoseOfTheGeneralReading() throws {
    for form in Self.forms where form.hasPrefix("NOQUEUE: reject: ") {
      let text = "Nov 22 09:00:01 mx postfix/smtpd[77]: " + form
      let padded = Array((text + "\n" + String(repeating: "x", count: 80)).utf8)
      var parser = LineParser(reference: testReference)
      var wanted = LineParts()
      let line = padded.span.extracting(0..<text.utf8.count)
      parser.parse(line, into: &wanted)
      let reply = wanted.enhanced.lower - 4
      let word = line.word(at: reply)
      #expect(KnownReplies.Entry(word, line[reply + 8])?.code == wanted.code)
      let read: CommonReject? = padded.withUnsafeBytes { bytes in
        guard let raw = bytes.baseAddress else { return nil }
        let start = wanted.clientAddress.lower
        guard var reject = CommonReject(raw, behind: start, to: line.count),
          reject.take(client: wanted.clientAddress, code: wanted.code, text: reply + 10)
        else { return nil }
        return reject.hasWholeCommonText(raw) || reject.isOfBlockedClient(raw) ? reject : nil
      }
      var parts = LineParts()
      parts.take(try #require(read, "\(form)"))
      #expect(parts.kind == wanted.kind && parts.command == wanted.command)
      #expect(parts.clientAddress == wanted.clientAddress && parts.code == wanted.code)
      #expect(parts.enhanced == wanted.enhanced)
      #expect(parts.sender == wanted.sender && parts.recipient == wanted.recipient)
      #expect(parts.helo == wanted.helo && parts.text == wanted.text)
      #expect(parts.signature == wanted.signature && parts.argument == wanted.argument)
    }
  }
}
