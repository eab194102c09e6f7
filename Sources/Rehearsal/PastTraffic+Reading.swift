import Attribution
import HostSystem
import MailLog
import PostfixHost

extension PastTraffic {
  /// How long before the window reading begins: mails accepted in it may have begun before.
  private static let margin: Int64 = 600

  /// Reads the mail of a window from logs. Blocks.
  ///
  /// - Parameters:
  ///   - since: inclusive; nil from the beginning.
  ///   - until: exclusive; nil to the end.
  ///   - epochs: the policies that were in force, oldest first, for the causes of refusals.
  ///   - tags: only services with these tags; nil for all.
  ///   - limit: distinct questions of each kind that are kept.
  ///   - isCancelled: asked at every block; true ends the reading, and what was read is returned.
  /// - Throws: ``SystemError`` when a source cannot be opened or read.
  public static func read(
    _ sources: [LogInput], since: LogTime?, until: LogTime? = nil, epochs: [PolicyEpoch] = [],
    tags: Set<String>? = nil, limit: Int = standardLimit,
    isCancelled: () -> Bool = { false }
  ) throws(SystemError) -> PastTraffic {
    var collector = PastTrafficCollector(
      since: since, until: until, epochs: epochs, limit: limit)
    let start = since.map { LogTime(seconds: $0.seconds - margin) }
    try readLogRows(sources, since: start, isCancelled: isCancelled) { row in
      let isSession = row.program == "smtpd" || row.program == "postscreen"
      if let tags, isSession, !tags.contains(row.tag) { return }
      collector.add(row)
    }
    return collector.finish()
  }
}
