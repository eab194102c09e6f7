import Attribution
import MailLog
import PostfixConfig

/// 2026-11-22T12:00:00Z, the moment that the tests' logs end before.
let testReference = LogTime(seconds: 1_795_348_800)

/// 2026-11-22T09:00:00Z.
let nineOClock = LogTime(seconds: 1_795_338_000)

/// A service with lists written as text: `trial:` and `off:` in front of a name set its state,
/// `dead:` makes it unreachable; the argument follows a blank.
func service(_ lists: [Stage: [String]]) -> ServicePolicy {
  service("smtp", tag: "postfix", lists)
}

/// The same for a service of another name and tag.
func service(_ name: String, tag: String, _ lists: [Stage: [String]]) -> ServicePolicy {
  ServicePolicy(
    service: ServiceID(name: name), tag: tag,
    lists: Stage.allCases.map { stage in
      RestrictionList(
        stage: stage, originParameter: stage.parameter,
        restrictions: (lists[stage] ?? []).map { restriction($0, in: stage) })
    })
}

private func restriction(_ text: String, in stage: Stage) -> Restriction {
  var words = text.split(separator: " ", maxSplits: 1).map(String.init)
  var state = RestrictionState.on
  var reason: String?
  if let colon = words[0].firstIndex(of: ":") {
    switch words[0][..<colon] {
    case "trial": state = .trial
    case "off": state = .off
    default: reason = "after permit"
    }
    words[0] = String(words[0][words[0].index(after: colon)...])
  }
  let argument = words.count > 1 ? words[1] : nil
  return Restriction(
    name: words[0], argument: argument, state: state,
    origin: Origin(
      location: SourceLocation(file: .main, line: 1), parameter: stage.parameter),
    target: RestrictionTarget(parameter: stage.parameter, name: words[0], argument: argument),
    unreachableReason: reason)
}

/// A reject line at 09:00:SS.
func reject(
  _ reply: String, tag: String = "postfix", pid: Int = 7, second: Int = 0, isTrial: Bool = false
) -> String {
  "Nov 22 09:00:\(second < 10 ? "0" : "")\(second) mx \(tag)/smtpd[\(pid)]: NOQUEUE: "
    + "reject\(isTrial ? "_warning" : ""): RCPT from x[192.0.2.1]: \(reply); "
    + "from=<s@d.example> to=<r@mx.example> proto=ESMTP helo=<h>\n"
}

func snapshot(_ text: String, epochs: [PolicyEpoch] = []) -> LogSnapshot {
  let tally = LogTally(window: .fixed(since: nil, until: nil), reference: testReference)
  for epoch in epochs { tally.beginEpoch(at: epoch.since) }
  let bytes = Array(text.utf8)
  let used = tally.consume(bytes.span)
  tally.consumeRest(bytes.span.extracting(used..<bytes.count))
  return makeSnapshot(tally.summary(now: testReference), epochs: epochs)
}

func snapshot(_ text: String, policy: ServicePolicy...) -> LogSnapshot {
  snapshot(
    text,
    epochs: [PolicyEpoch(since: LogTime(seconds: 0), policy: Policy(services: policy))])
}

extension LogSnapshot {
  /// Rejects of rows and open groups; must equal `rejects`.
  var attributed: Int {
    rows.values.map(\.rejects).reduce(0, +) + open.map(\.count).reduce(0, +)
  }

  var attributedTrial: Int {
    rows.values.map(\.trial).reduce(0, +) + openTrial.map(\.count).reduce(0, +)
  }

  subscript(_ restriction: String, _ argument: String? = nil, tag tag: String = "postfix")
    -> RowCount?
  {
    rows[RowKey(tag: tag, restriction: restriction, argument: argument)]
  }
}
