import Attribution
import HostSystem
import MailLog
import PostfixHost

extension PastTraffic {
  /// How long before the window reading begins: mails accepted in it may have begun before.
  private static let margin: Int64 = 600

  /// Reads the mail of a window from the log of an instance, the rotated files that belong to it too. Blocks.
  ///
  /// A file that cannot be opened or read to its end is among those that are ``skipped``. The parameters
  /// are those of ``read(_:since:until:epochs:tags:limit:isCancelled:)``.
  ///
  /// - Throws: ``SystemError`` when the log itself cannot be opened, or the journal be read.
  public static func read(
    from log: LogSource, since: LogTime, until: LogTime? = nil, epochs: [PolicyEpoch] = [],
    tags: Set<String>? = nil, isCancelled: () -> Bool = { false }
  ) throws(SystemError) -> PastTraffic {
    let (inputs, skipped) = try log.inputs(since: LogTime(seconds: since.seconds - margin))
    var traffic = try read(
      inputs, since: since, until: until, epochs: epochs, tags: tags, isCancelled: isCancelled)
    traffic.skipped = skipped + traffic.skipped
    return traffic
  }

  /// Reads the mail of a window from logs. Blocks.
  ///
  /// A file that cannot be read to its end is among those that are ``skipped``, with what it gave counted.
  ///
  /// - Parameters:
  ///   - since: inclusive; nil from the beginning.
  ///   - until: exclusive; nil to the end.
  ///   - epochs: the policies that were in force, oldest first, for the causes of refusals.
  ///   - tags: only services with these tags; nil for all.
  ///   - limit: distinct questions of each kind that are kept.
  ///   - isCancelled: asked at every block; true ends the reading, and what was read is returned.
  /// - Throws: ``SystemError`` when the journal or standard input cannot be read.
  public static func read(
    _ sources: [LogInput], since: LogTime?, until: LogTime? = nil, epochs: [PolicyEpoch] = [],
    tags: Set<String>? = nil, limit: Int = standardLimit,
    isCancelled: () -> Bool = { false }
  ) throws(SystemError) -> PastTraffic {
    var collector = PastTrafficCollector(
      since: since, until: until, epochs: epochs, limit: limit)
    let start = since.map { LogTime(seconds: $0.seconds - margin) }
    var skipped: [Coverage.Skipped] = []
    try readLogRows(
      sources, since: start, isCancelled: isCancelled, skipped: { skipped.append($0) }
    ) { row in
      let isSession = row.program == "smtpd" || row.program == "postscreen"
      if let tags, isSession, !tags.contains(row.tag) { return }
      collector.add(row)
    }
    var traffic = collector.finish()
    traffic.skipped = skipped
    return traffic
  }
}
