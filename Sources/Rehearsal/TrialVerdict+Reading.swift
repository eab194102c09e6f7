import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

extension TrialVerdict {
  /// How far back before the trial the log is read for who was trusted: 30 days.
  private static let lookBack: Int64 = 30 * 86_400

  /// The verdict of a trial that began at `began`, from the log. Blocks.
  ///
  /// - Parameters:
  ///   - source: the log of the instance; its rotated files are read too.
  ///   - policy: the one with the restriction on trial.
  ///   - ended: the end of the trial; later lines do not count.
  /// - Throws: ``SystemError`` when the log cannot be read.
  public static func read(
    _ source: LogSource, restriction: String, argument: String?, policy: Policy, began: LogTime,
    ended: LogTime
  ) throws(SystemError) -> TrialVerdict {
    let since = LogTime(seconds: began.seconds - lookBack)
    var collector = TrialVerdictCollector(
      restriction: restriction, argument: argument, began: began, policy: policy)
    var (inputs, skipped) = try source.inputs(since: since)
    try readLogRows(inputs, since: since, skipped: { skipped.append($0) }) { row in
      if let time = row.time, time <= ended { collector.add(row) }
    }
    var verdict = collector.verdict(at: ended)
    verdict.unknowns = skipped.map(\.text) + verdict.unknowns
    return verdict
  }
}
