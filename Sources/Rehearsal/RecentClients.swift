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
  /// Those that could not be judged in the time, or not at all.
  public var notJudged = 0
  /// From when on mail was looked at; nil when there was none.
  public var since: LogTime?
  /// What was not looked at, one sentence each.
  public var unknowns: [String] = []

  /// Nothing was looked at.
  public init() {}

  /// One line each, the summary first; empty when the log holds no accepted mail.
  public var lines: [String] {
    guard judged + notJudged > 0 else { return [] }
    let coverage =
      notJudged == 0 ? "" : "; \(notJudged) more could not be judged (postgate rehearse says why)"
    guard !victims.isEmpty else {
      return judged == 0
        ? [
          "recently accepted mail: none of \(notJudged) could be judged (postgate rehearse says why)"
        ]
        : ["recently accepted mail: none of \(judged) would be refused\(coverage)"]
    }
    let lost = victims.reduce(0) { $0 + $1.lost }
    return ["recently accepted mail: \(lost) would now be refused\(coverage)"]
      + victims.map { victim in
        "  \(victim.clientName ?? "unknown")[\(victim.clientAddress)] from \(victim.senderDomain), "
          + "\(victim.acceptedBefore) accepted before: \(victim.reply)"
      }
  }
}

extension Rehearsal {
  /// The spans that are read until there is enough mail, in seconds.
  private static let spans: [Int64] = [60, 600, 3600, 6 * 3600, 86_400]

  /// Which of the mail that was accepted last `candidate` would refuse.
  ///
  /// - Parameters:
  ///   - edits: what leads from `base` to `candidate`; empty for a candidate made by other means.
  ///   - source: the log of the instance.
  ///   - limit: distinct mails that are asked about, the newest ones first.
  ///   - seconds: for reading and asking together; the start of the private Postfix comes on top.
  /// - Throws: ``RehearsalError`` when no shadow can be started; ``SystemError`` when the log cannot be
  ///   read.
  public func recentClients(
    refusedBy candidate: Configuration, edits: [Edit], base: Configuration, in source: LogSource,
    limit: Int = 200, seconds: Double = 1
  ) throws -> RecentClients {
    let start = monotonicSeconds()
    let now = LogTime(microseconds: wallClockMicroseconds())
    var traffic = PastTraffic()
    var since = now
    for span in Self.spans {
      since = LogTime(seconds: now.seconds - span)
      traffic = try PastTraffic.read(source.inputs(since: since).inputs, since: since)
      if traffic.accepted.count >= limit || monotonicSeconds() - start > seconds / 4 { break }
    }
    guard !traffic.accepted.isEmpty else { return RecentClients() }
    var recent = traffic
    recent.accepted = Array(
      traffic.accepted.sorted { $1.lastSeen < $0.lastSeen }.prefix(limit))
    recent.acceptedCount = recent.accepted.reduce(0) { $0 + $1.count }
    recent.acceptedBeyondLimit = 0
    recent.refused = []
    var quick = self
    quick.limits.totalSeconds = max(0.2, seconds - (monotonicSeconds() - start)) + 0.5
    quick.limits.answerSeconds = min(limits.answerSeconds, seconds)
    quick.limits.dnsRate = max(limits.dnsRate, 200)
    let answer = try quick.run(
      candidate: candidate, edits: edits, base: base, traffic: recent, subject: "")
    let unjudged = zip(recent.accepted, answer.acceptedVerdicts).count { _, verdict in
      if case .unknown = verdict { true } else { false }
    }
    var found = RecentClients()
    found.victims = answer.victims
    found.judged = recent.accepted.count - unjudged
    found.notJudged = unjudged
    found.since = since
    found.unknowns = answer.unknowns
    return found
  }
}
