import PostfixConfig

extension LogSnapshot {
  /// The counts that stand beside no restriction of a policy: other causes, and restrictions that are
  /// no longer in it; with the rows of the lists and the open groups they add up to all rejects.
  public func others(than policy: Policy) -> [(key: RowKey, count: RowCount)] {
    var shown: Set<RowKey> = []
    for service in policy.services {
      for restriction in service.lists.flatMap(\.restrictions) {
        for key in rows.keys where key.tag == service.tag && key.stands(for: restriction) {
          shown.insert(key)
        }
      }
    }
    return rows.filter { !shown.contains($0.key) && ($0.value.rejects > 0 || $0.value.trial > 0) }
      .map { (key: $0.key, count: $0.value) }
      .sorted { ($1.count.rejects, $0.key) < ($0.count.rejects, $1.key) }
  }
}

extension RowKey {
  /// True when this row's count is shown beside the restriction.
  fileprivate func stands(for restriction: Restriction) -> Bool {
    let name = RestrictionNames.canonical(self.restriction)
    return name == RestrictionNames.canonical(restriction.name)
      && isSameArgument(argument, restriction.argument, of: name)
  }
}
