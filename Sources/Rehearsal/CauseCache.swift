import Attribution
import MailLog

/// The causes of reject lines by the policy that was in force; equal lines are judged once.
struct CauseCache {
  private struct Key: Hashable {
    var candidates: [CauseCandidate]
    var stage: String
    var tag: String
    var isTrial: Bool
    var epoch: Int
  }

  private let epochs: [PolicyEpoch]
  private var causes: [Key: Cause] = [:]

  /// DNS lists' domains and such are foreign; there are few, but nobody promises that.
  private static let limit = 10_000

  /// - Parameter epochs: the known policies, oldest first.
  init(epochs: [PolicyEpoch]) { self.epochs = epochs }

  /// The cause of a reject or trial line at a moment; nil for a line of another kind.
  mutating func cause(_ row: LogRow, at time: LogTime) -> Cause? {
    let epoch = epochs.lastIndex { $0.since <= time } ?? -1
    let key = Key(
      candidates: row.candidates, stage: row.stage, tag: row.tag, isTrial: row.kind == .trial,
      epoch: epoch)
    if let known = causes[key] { return known }
    let found = attribute(row: row, policy: epoch < 0 ? nil : epochs[epoch].policy)
    if causes.count < Self.limit { causes[key] = found }
    return found
  }
}
