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

/// The client of made lines.
let madeClient = "unknown[192.0.2.77]"

/// What a line is made of, for names and addresses that imitate one.
let madePieces = [
  "a", "b.example", " ", ">", "<", ">: ", "; ", "; proto=SMTP", " helo=<", "; from=<s@d.example>",
  " to=<t@d.example>", "Helo command rejected: ", "Client host rejected: ", "Access denied",
  "Invalid name", madeClient, "Relay access denied", "Temporary lookup failure",
  "Sender address rejected: Domain not found", "Recipient address rejected: User unknown",
  " sasl_username=u", "\"", "] blocked using ", "dbl.evil", "; proto=SMTP helo=<", "?",
  ">: Helo command rejected: ", ">: Temporary lookup failure", " sasl_method=PLAIN", "> sasl_",
  "\\",
  "@", "Host not found", "Service unavailable; Sender address [", "; from=<", " proto=ESMTP", ",",
  "; to=<", "; helo=<", "> to=<", "@v.example> to=<", "t@d.example", "s@d.example",
  "\"@v.example> to=<\"", ">: Relay access denied; from=<", "need fully-qualified hostname",
]
