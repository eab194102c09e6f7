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
/// not off (its first one where there is none). So are the filters of one DNS list
/// (`zen.example=127.0.0.2`, `zen.example=127.0.0.4`) where the log does not tell which one it was.
public func counts(
  for service: ServicePolicy, in snapshot: LogSnapshot
) -> [[RestrictionDisplayCount]] {
  let homes = service.homes(of: \.countKey)
  let domains = service.homes(of: \.domainKey)
  let open = snapshot.open.filter { $0.tag == service.tag }
  return service.lists.enumerated().map { listIndex, list in
    list.restrictions.enumerated().map { index, restriction in
      let place = Place(list: listIndex, index: index)
      if let home = homes[restriction.countKey], home != place { return service.counted(at: home) }
      let domain = domains[restriction.domainKey] ?? place
      let count = displayCount(
        restriction, tag: service.tag, snapshot, open, takesDomain: domain == place)
      return domain != place && count == RestrictionDisplayCount()
        ? service.counted(at: domain) : count
    }
  }
}

/// - Parameter takesDomain: whether rows count that tell no more of an argument than its domain.
private func displayCount(
  _ restriction: Restriction, tag: String, _ snapshot: LogSnapshot, _ open: [OpenGroup],
  takesDomain: Bool
) -> RestrictionDisplayCount {
  var count = RestrictionDisplayCount()
  let wanted = restriction.countKey
  for (key, row) in snapshot.rows where key.tag == tag {
    let name = RestrictionNames.canonical(key.restriction)
    guard name == wanted.name,
      key.argument == restriction.argument
        || takesDomain && isSameArgument(key.argument, restriction.argument, of: name)
    else { continue }
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

/// Equal, or of a DNS list the domain that the log tells of an argument such as `zen.example=127.0.0.2`.
///
/// - Parameter name: the restriction's, in its current spelling.
func isSameArgument(_ logged: String?, _ written: String?, of name: String) -> Bool {
  guard let logged, let written else { return logged == written }
  return logged == written
    || RestrictionNames.asksDNSList.contains(name)
      && logged.lowercased() == RestrictionNames.domain(written)
}

/// Where a restriction stands in a service's lists.
private struct Place: Hashable {
  var list: Int
  var index: Int
}

extension ServicePolicy {
  /// The first places of restrictions that have the same key: reachable ones that are not off before
  /// others.
  fileprivate func homes(of key: (Restriction) -> CauseCandidate) -> [CauseCandidate: Place] {
    var homes: [CauseCandidate: Place] = [:]
    for wantsLive in [true, false] {
      for (list, value) in lists.enumerated() {
        for (index, restriction) in value.restrictions.enumerated()
        where !wantsLive || (restriction.isReachable && restriction.state != .off) {
          let key = key(restriction)
          if homes[key] == nil { homes[key] = Place(list: list, index: index) }
        }
      }
    }
    return homes
  }

  /// Nothing, since it is counted elsewhere.
  fileprivate func counted(at home: Place) -> RestrictionDisplayCount {
    var count = RestrictionDisplayCount()
    count.countedAt = lists[home.list].stage
    return count
  }
}

extension Restriction {
  /// What makes two occurrences the same restriction.
  fileprivate var countKey: CauseCandidate {
    CauseCandidate(name: RestrictionNames.canonical(name), argument: argument)
  }

  /// The same as far as the log tells it of a DNS list.
  fileprivate var domainKey: CauseCandidate {
    var key = countKey
    if RestrictionNames.asksDNSList.contains(key.name) {
      key.argument = argument.map(RestrictionNames.domain)
    }
    return key
  }
}
