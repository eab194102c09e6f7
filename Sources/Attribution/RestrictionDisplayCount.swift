import MailLog
import PostfixConfig

/// The count that stands beside one restriction on the screen and in `show --json`.
public struct RestrictionDisplayCount: Hashable, Sendable {
  /// Rejects, after `since` where that is set.
  public var rejects: Int
  /// Trial rejects, after `since` where that is set.
  public var trial: Int
  /// An open group may hold more of them: shown as `≥`.
  public var isAtLeast: Bool
  /// The start of the count when the restriction's state changed inside the window.
  public var since: LogTime?
  /// What was counted in the former state, before `since`.
  public var rejectsBefore: Int
  /// Trial rejects before `since`.
  public var trialBefore: Int
  /// The list where this restriction is counted, when that is an earlier occurrence of it; the
  /// counts are then 0, so that nothing is added twice.
  public var countedAt: Stage?

  /// Creates a count.
  public init(rejects: Int = 0, trial: Int = 0, isAtLeast: Bool = false) {
    self.rejects = rejects
    self.trial = trial
    self.isAtLeast = isAtLeast
    rejectsBefore = 0
    trialBefore = 0
  }
}

/// The counts of every restriction of a service, in the order of its lists and their restrictions.
///
/// A restriction that stands in several lists is counted at its first reachable occurrence that is
/// not off (its first one where there is none).
public func counts(
  for service: ServicePolicy, in snapshot: LogSnapshot
) -> [[RestrictionDisplayCount]] {
  var first: [CauseCandidate: (list: Int, index: Int)] = [:]
  for wantsLive in [true, false] {
    for (list, index, restriction) in service.enumerated
    where !wantsLive || (restriction.isReachable && restriction.state != .off) {
      let key = restriction.countKey
      if first[key] == nil { first[key] = (list, index) }
    }
  }
  let open = snapshot.open.filter { $0.tag == service.tag }
  return service.lists.enumerated().map { listIndex, list in
    list.restrictions.enumerated().map { index, restriction in
      let home = first[restriction.countKey]
      if let home, home != (listIndex, index) {
        var count = RestrictionDisplayCount()
        count.countedAt = service.lists[home.list].stage
        return count
      }
      return displayCount(restriction, tag: service.tag, snapshot, open)
    }
  }
}

private func displayCount(
  _ restriction: Restriction, tag: String, _ snapshot: LogSnapshot, _ open: [OpenGroup]
) -> RestrictionDisplayCount {
  var count = RestrictionDisplayCount()
  let wanted = restriction.countKey
  for (key, row) in snapshot.rows where key.tag == tag {
    let name = RestrictionNames.canonical(key.restriction)
    guard name == wanted.name, isSameArgument(key.argument, restriction.argument) else { continue }
    count.isAtLeast = count.isAtLeast || row.isAtLeast
    if let since = row.since {
      count.since = since
      count.rejects += row.rejectsSinceChange
      count.trial += row.trialSinceChange
      count.rejectsBefore += row.rejects - row.rejectsSinceChange
      count.trialBefore += row.trial - row.trialSinceChange
    } else {
      count.rejects += row.rejects
      count.trial += row.trial
    }
  }
  let key = RowKey(tag: tag, restriction: restriction.name, argument: restriction.argument)
  if open.contains(where: { $0.names(key) }) { count.isAtLeast = true }
  return count
}

/// Equal, or the domain that the log tells of an argument such as `zen.example=127.0.0.2`.
func isSameArgument(_ logged: String?, _ written: String?) -> Bool {
  guard let logged, let written else { return logged == written }
  return logged == written || logged.lowercased() == RestrictionNames.domain(written)
}

extension ServicePolicy {
  fileprivate var enumerated: [(list: Int, index: Int, restriction: Restriction)] {
    lists.enumerated().flatMap { list, value in
      value.restrictions.enumerated().map { (list, $0.offset, $0.element) }
    }
  }
}

extension Restriction {
  /// What makes two occurrences the same restriction.
  fileprivate var countKey: CauseCandidate {
    CauseCandidate(name: RestrictionNames.canonical(name), argument: argument)
  }
}
