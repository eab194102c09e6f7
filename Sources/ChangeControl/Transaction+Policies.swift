import Attribution
import MailLog
import PostfixConfig

extension Transaction {
  /// The policies that the changes of the history brought into force, oldest first.
  ///
  /// - Parameter environment: of the installed Postfix; expansion needs its defaults.
  /// - Throws: ``ChangeError`` when the history cannot be used.
  public func policies(environment: PostfixEnvironment) throws(ChangeError) -> [PolicyEpoch] {
    let history = try history()
    return history.records().compactMap { record in
      guard record.phase != .notWritten,
        let time = parseHumanTime(record.time, now: LogTime(seconds: 0)),
        let files = try? history.files(of: record.number, .after)
      else { return nil }
      let configuration = Configuration(
        main: MainCF(files.main), master: MasterCF(files.master), environment: environment)
      return PolicyEpoch(since: time, policy: configuration.policy())
    }
  }
}
