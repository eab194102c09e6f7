import Attribution
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// Recently accepted mail that a candidate would refuse: for the pre-flight, which must be quick.
public struct RecentClients: Sendable {
  /// Who would be refused, most trusted first.
  public var victims: [RehearsalAnswer.Victim] = []
  /// Distinct recently accepted mails that were judged.
  public var judged = 0
  /// How many could not be judged in the time, or not at all, for each reason.
  public var reasons: [Unjudged: Int] = [:]
  /// From when on mail was looked at; nil when there was none.
  public var since: LogTime?
  /// What was not looked at, one sentence each.
  public var unknowns: [String] = []

  /// All that could not be judged.
  public var notJudged: Int { reasons.values.reduce(0, +) }

  /// Nothing was looked at.
  public init() {}

  /// One line each, the summary first; empty when the log holds no accepted mail.
  public var lines: [String] {
    guard judged + notJudged > 0 else { return [] }
    let coverage = notJudged == 0 ? "" : "; \(notJudged) more could not be judged\(why)"
    guard !victims.isEmpty else {
      return [
        "recently accepted mail: "
          + (judged == 0
            ? "none of \(notJudged) could be judged\(why)"
            : "none of \(judged) would be refused\(coverage)")
      ]
    }
    let lost = victims.reduce(0) { $0 + $1.lost }
    return ["recently accepted mail: \(lost) would now be refused\(coverage)"]
      + victims.map { victim in
        "  \(victim.clientName ?? "unknown")[\(victim.clientAddress)] from \(victim.senderDomain), "
          + "\(victim.acceptedBefore) accepted before: \(victim.reply)"
      }
  }

  /// The reason of those that were not judged, or the commonest one.
  private var why: String {
    // Of equally common ones the first by name, so that it does not change from look to look.
    let commonest = reasons.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    guard let reason = commonest?.key.words else { return "" }
    return reasons.count == 1 ? ": \(reason)" : "; the commonest reason: \(reason)"
  }
}

extension PastTraffic {
  /// The spans that are read until there is enough mail, in seconds.
  private static let spans: [Int64] = [60, 600, 3600, 6 * 3600, 86_400]

  /// The mail that was accepted last, the newest first; refusals are left out.
  ///
  /// - Parameters:
  ///   - limit: distinct mails that are kept.
  ///   - seconds: no further span of the log is read after that.
  /// - Throws: ``SystemError`` when the log cannot be read.
  public static func recent(
    in source: LogSource, limit: Int = 200, seconds: Double = 0.3
  ) throws(SystemError) -> PastTraffic {
    let start = monotonicSeconds()
    let now = LogTime(microseconds: wallClockMicroseconds())
    var traffic = PastTraffic()
    for span in spans {
      let since = LogTime(seconds: now.seconds - span)
      traffic = try PastTraffic.read(from: source, since: since)
      traffic.firstLine = since
      if traffic.accepted.count >= limit || monotonicSeconds() - start > seconds { break }
    }
    traffic.accepted = Array(
      traffic.accepted.sorted { $1.lastSeen < $0.lastSeen }.prefix(limit))
    traffic.acceptedCount = traffic.accepted.reduce(0) { $0 + $1.count }
    traffic.acceptedBeyondLimit = 0
    traffic.refused = []
    return traffic
  }
}

extension Rehearsal {
  /// Which of the mail that was accepted last `candidate` would refuse.
  ///
  /// - Parameters:
  ///   - edits: what leads from `base` to `candidate`; empty for a candidate made by other means.
  ///   - traffic: ``PastTraffic/recent(in:limit:seconds:)``.
  ///   - seconds: for all questions; the start of the private Postfix comes on top.
  /// - Throws: ``RehearsalError`` when no shadow can be started.
  public func recentClients(
    refusedBy candidate: Configuration, edits: [Edit], base: Configuration, in traffic: PastTraffic,
    seconds: Double = 1
  ) throws(RehearsalError) -> RecentClients {
    guard !traffic.accepted.isEmpty else { return RecentClients() }
    var quick = self
    quick.limits.totalSeconds = seconds + 0.5
    quick.limits.answerSeconds = min(limits.answerSeconds, seconds)
    quick.limits.dnsRate = max(limits.dnsRate, 200)
    let answer = try quick.run(
      candidate: candidate, edits: edits, base: base, traffic: traffic, subject: "")
    var found = RecentClients()
    for case .unknown(let reason) in answer.acceptedVerdicts {
      found.reasons[reason, default: 0] += 1
    }
    found.victims = answer.victims
    found.judged = traffic.accepted.count - found.notJudged
    found.since = traffic.firstLine
    found.unknowns = traffic.skipped.map(\.text) + answer.unknowns
    return found
  }
}
