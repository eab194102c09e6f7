import MailLog
import PostfixConfig

/// The causes of rejects row by row, each by the policy that was in force when its session began.
///
/// Give it every row of the log in order, also those that are not wanted: a `connect` tells when a
/// session began. At most ``sessionLimit`` open sessions are remembered.
public struct RowCauses {
  private struct Session: Hashable {
    var tag: String
    var pid: Int32
  }

  /// How many open sessions are remembered.
  public static let sessionLimit = 16_384

  private let starts: [LogTime]
  private let resolvers: [CauseResolver]
  private var sessions: [Session: Int] = [:]

  /// - Parameter epochs: the known policies, oldest first.
  public init(epochs: [PolicyEpoch]) {
    starts = epochs.map(\.since)
    resolvers = [CauseResolver(policy: nil)] + epochs.map { CauseResolver(policy: $0.policy) }
  }

  /// The cause of a row; nil for one that is no reject.
  public mutating func cause(of row: LogRow) -> Cause? {
    let session = Session(tag: row.tag, pid: row.pid)
    if row.program == "smtpd", row.kind == .connect || row.kind == .disconnect {
      if row.kind == .disconnect {
        sessions[session] = nil
      } else {
        if sessions.count >= Self.sessionLimit { sessions.removeAll() }
        sessions[session] = epoch(at: row.time)
      }
      return nil
    }
    guard row.kind == .reject || row.kind == .trial, !row.candidates.isEmpty else { return nil }
    let epoch = row.program == "smtpd" ? sessions[session] : nil
    return resolvers[epoch ?? self.epoch(at: row.time)].cause(of: row)
  }

  private func epoch(at time: LogTime?) -> Int {
    guard let time else { return starts.count }
    return starts.count { $0 <= time }
  }
}
