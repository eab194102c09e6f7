import Attribution
import MailLog
import PostfixConfig

/// Makes the rows of the Gate list from the policy, the catalog's offers and the counts.
struct GateModel {
  var service: ServicePolicy
  /// What the same service does without the draft.
  var baseService: ServicePolicy?
  /// Names of the strict options by stage.
  var offered: [Stage: [String]]
  var snapshot: LogSnapshot?

  private var counted: Set<RowKey> = []

  init(
    service: ServicePolicy, baseService: ServicePolicy?, offered: [Stage: [String]],
    snapshot: LogSnapshot?
  ) {
    self.service = service
    self.baseService = baseService
    self.offered = offered
    self.snapshot = snapshot
  }

  /// All rows, in the order of evaluation; what is left of the counts follows, so that the rows add
  /// up to the total.
  mutating func rows() -> [GateRow] {
    var rows: [GateRow] = []
    let reachable = firstReachable()
    for list in service.lists where isShown(list) {
      rows.append(heading(.stage(list), name: list.stage.parameter, stage: list.stage))
      for (id, restriction) in identified(list) {
        rows.append(row(restriction, id: id, countsHere: reachable[rowKey(restriction)] == id))
      }
      rows += offeredRows(list)
    }
    return rows + remainder()
  }

  // Lists that nobody set and for which the catalog has no offer only take room.
  private func isShown(_ list: RestrictionList) -> Bool {
    !list.restrictions.isEmpty || !(offered[list.stage] ?? []).isEmpty
  }

  // The same restriction may stand in one list several times.
  private func identified(_ list: RestrictionList) -> [(GateRow.ID, Restriction)] {
    var seen: [RowKey: Int] = [:]
    return list.restrictions.map { restriction in
      let occurrence = seen[rowKey(restriction), default: 0]
      seen[rowKey(restriction)] = occurrence + 1
      let id = GateRow.ID(
        stage: list.stage, name: restriction.name, argument: restriction.argument,
        occurrence: occurrence)
      return (id, restriction)
    }
  }

  private func rowKey(_ restriction: Restriction) -> RowKey {
    RowKey(tag: service.tag, restriction: restriction.name, argument: restriction.argument)
  }

  // attribution.md: counted once, at the first reachable occurrence in evaluation order. One that
  // bites goes before one that is off, or the count would stand beside a dead line.
  private func firstReachable() -> [RowKey: GateRow.ID] {
    var best: [RowKey: (rank: Int, id: GateRow.ID)] = [:]
    for list in service.lists {
      for (id, restriction) in identified(list) {
        let rank = restriction.state == .off ? 2 : restriction.isReachable ? 0 : 1
        let key = rowKey(restriction)
        if rank < best[key]?.rank ?? 3 { best[key] = (rank, id) }
      }
    }
    return best.mapValues(\.id)
  }

  private mutating func row(
    _ restriction: Restriction, id: GateRow.ID, countsHere: Bool
  ) -> GateRow {
    let key = rowKey(restriction)
    counted.insert(key)
    return GateRow(
      id: id, content: .restriction(restriction), count: countsHere ? count(key) : .elsewhere,
      isEdited: isEdited(id, state: restriction.state), key: key)
  }

  // Many admins keep all checks in one list; what stands there need not be offered elsewhere.
  private mutating func offeredRows(_ list: RestrictionList) -> [GateRow] {
    let present = Set(service.lists.flatMap { $0.restrictions.map(\.name) })
    return (offered[list.stage] ?? []).filter { !present.contains($0) }.map { name in
      // It may have counts from the time when it was on.
      let key = RowKey(tag: service.tag, restriction: name)
      let isNew = counted.insert(key).inserted
      let id = GateRow.ID(stage: list.stage, name: name, argument: nil, occurrence: 0)
      return GateRow(
        id: id, content: .offered(list.stage), count: isNew ? count(key) : .elsewhere,
        isEdited: isEdited(id, state: .off), key: key)
    }
  }

  private func isEdited(_ id: GateRow.ID, state: RestrictionState) -> Bool {
    guard let baseService, let stage = id.stage else { return false }
    let before = baseService.lists.first { $0.stage == stage }?.restrictions.filter {
      $0.name == id.name && $0.argument == id.argument
    }
    guard let before, before.indices.contains(id.occurrence) else { return state != .off }
    return before[id.occurrence].state != state
  }

  private func count(_ key: RowKey) -> GateRow.Count {
    guard let snapshot else { return .unknown }
    var count = snapshot.rows[key] ?? RowCount()
    if snapshot.coverage.isComplete { return .known(count) }
    // A part of the window says nothing of a row that it does not show, and too little of others.
    if count.rejects == 0 && count.trial == 0 { return .unknown }
    count.isAtLeast = true
    return .known(count)
  }

  private func heading(_ content: GateRow.Content, name: String, stage: Stage? = nil) -> GateRow {
    GateRow(
      id: GateRow.ID(stage: stage, name: name, argument: nil, occurrence: -1), content: content,
      count: .elsewhere)
  }

  private func remainder() -> [GateRow] {
    guard let snapshot else { return [] }
    var rows: [GateRow] = []
    let others = snapshot.rows.filter {
      $0.key.tag == service.tag && !counted.contains($0.key)
        && ($0.value.rejects > 0 || $0.value.trial > 0)
    }
    for (key, _) in others.sorted(by: { ($1.value.rejects, $0.key) < ($0.value.rejects, $1.key) }) {
      let id = GateRow.ID(stage: nil, name: key.restriction, argument: key.argument, occurrence: 0)
      rows.append(GateRow(id: id, content: .other, count: count(key), key: key))
    }
    for (index, group) in snapshot.open.enumerated() where group.tag == service.tag {
      let name = group.candidates.map(\.name).joined(separator: " | ")
      let id = GateRow.ID(stage: nil, name: name, argument: "open", occurrence: index)
      rows.append(
        GateRow(id: id, content: .open(group), count: .known(RowCount(rejects: group.count))))
    }
    rows += otherServices(snapshot)
    guard snapshot.rejects > 0 else { return rows }
    var total = heading(.total, name: "all rejects")
    total.count = .known(RowCount(rejects: snapshot.rejects, trial: snapshot.trial))
    return [heading(.heading("other causes"), name: "other causes")] + rows + [total]
  }

  private func otherServices(_ snapshot: LogSnapshot) -> [GateRow] {
    var sum = RowCount()
    for (key, count) in snapshot.rows where key.tag != service.tag {
      sum.rejects += count.rejects
      sum.trial += count.trial
    }
    for group in snapshot.open where group.tag != service.tag { sum.rejects += group.count }
    guard sum.rejects > 0 || sum.trial > 0 else { return [] }
    let id = GateRow.ID(stage: nil, name: "other services", argument: nil, occurrence: 0)
    return [GateRow(id: id, content: .otherServices, count: .known(sum))]
  }
}
