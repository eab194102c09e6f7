import MailLog

/// 2026-11-22T12:00:00Z, the moment that the tests' logs end before.
let testReference = LogTime(seconds: 1_795_348_800)

/// 2026-11-22T09:00:00Z.
let nineOClock = LogTime(seconds: 1_795_338_000)

/// Counts a text of lines.
func tally(
  _ bytes: [UInt8], window: TallyWindow = .fixed(since: nil, until: nil), isLive: Bool = false
) -> LogTally {
  let tally = LogTally(window: window, reference: testReference, isLive: isLive)
  let used = tally.consume(bytes.span)
  if used < bytes.count { tally.consumeRest(bytes.span.extracting(used..<bytes.count)) }
  return tally
}

func summary(_ text: String) -> TallySummary {
  tally(Array(text.utf8)).summary(now: testReference)
}

/// The row of one line.
func row(_ line: String) -> LogRow {
  var reader = LogRowReader(reference: testReference)
  return reader.row(Array(line.utf8).span)
}

/// A line of smtpd at 09:00:00.
func smtpd(_ message: String, pid: Int = 7, second: String = "00") -> String {
  "Nov 22 09:00:\(second) mx postfix/smtpd[\(pid)]: \(message)"
}

extension TallySummary {
  var rejects: Int { signatures.filter { !$0.isTrial }.map(\.count).reduce(0, +) }
  var trial: Int { signatures.filter(\.isTrial).map(\.count).reduce(0, +) }
}
