import PostfixConfig

// Edits of the row that the cursor of the Gate list is on.
extension AppState {
  mutating func changeCurrentRow(wantsTrial: Bool) {
    guard let row = currentGateRow else { return }
    gateCursor = row.id
    switch row.content {
    case .restriction(let restriction):
      let state = next(after: restriction.state, wantsTrial: wantsTrial)
      guard add(.setState(restriction.target, state)) else { return }
      if let users = others(of: restriction.origin) {
        say("Also changes \(users), through \(restriction.origin.parameter).", .warning)
      }
    case .offered(let stage):
      insert(row.id.name, argument: nil, stage: stage, state: wantsTrial ? .trial : .on)
    default: say("This row is no restriction of this service; there is nothing to switch.")
    }
  }

  private func next(after state: RestrictionState, wantsTrial: Bool) -> RestrictionState {
    wantsTrial ? (state == .trial ? .on : .trial) : (state == .off ? .on : .off)
  }

  /// Who else uses the text, before it is changed.
  func others(of origin: Origin) -> String? {
    origin.usedBy.isEmpty ? nil : origin.usedBy.joined(separator: ", ")
  }

  /// Who else is changed by an edit in the list that the row stands in; nil for nobody.
  public func sharing(of row: GateRow) -> String? {
    switch row.content {
    case .restriction(let restriction): others(of: restriction.origin)
    case .offered(let stage): sharing(of: stage)
    default: nil
    }
  }

  private func sharing(of stage: Stage) -> String? {
    service?.lists.first { $0.stage == stage }?.restrictions
      .first { !$0.origin.usedBy.isEmpty }.flatMap { others(of: $0.origin) }
  }

  mutating func insert(
    _ name: String, argument: String?, stage: Stage, state: RestrictionState
  ) {
    guard let service else { return }
    let edit = Edit.insert(
      stage: stage, service: service.service.description, name: name, argument: argument,
      state: state)
    let before = policy
    guard add(edit) else { return }
    let id = GateRow.ID(stage: stage, name: name, argument: argument, occurrence: 0)
    gateCursor = id
    guard let list = self.service?.lists.first(where: { $0.stage == stage }) else { return }
    if let users = sharing(of: stage) {
      say("Also changes \(users), through \(list.originParameter).", .warning)
    } else {
      sayEffect(since: before)
    }
  }

  mutating func removeCurrentRow() {
    guard screen != .settings else { return resetCurrentParameter() }
    guard let row = currentGateRow, case .restriction(let restriction) = row.content else {
      return say("Only a restriction that stands in a list can be removed.")
    }
    let before = policy
    // The cursor goes on to the row below, as in every list.
    let rows = gateRows.filter(\.isSelectable)
    let index = rows.firstIndex { $0.id == row.id } ?? 0
    guard add(.remove(restriction.target)) else { return }
    gateCursor = rows.indices.contains(index + 1) ? rows[index + 1].id : rows.first?.id
    sayEffect(since: before)
  }

  mutating func moveCurrentRow(by offset: Int) {
    guard let row = currentGateRow, case .restriction(let restriction) = row.content else {
      return say("Only a restriction that stands in a list can be moved.")
    }
    let before = policy
    gateCursor = row.id
    guard add(.move(restriction.target, offset: offset)) else { return }
    sayEffect(since: before)
  }

  /// Says in words what the last edit changes for clients, worst news first.
  func effectWords(from before: Policy, to after: Policy) -> String {
    let news = Self.newlyUnreachable(from: before, to: after)
    let words = effectiveDifference(from: before, to: after)
    let all = news + words
    guard let first = all.first else { return "Nothing changes for clients." }
    return all.count == 1 ? first : "\(first) (and \(all.count - 1) more; d shows the diff)"
  }

  mutating func sayEffect(since before: Policy) {
    let isBad = !Self.newlyUnreachable(from: before, to: policy).isEmpty
    say(effectWords(from: before, to: policy), isBad ? .warning : .info)
  }

  private static func newlyUnreachable(from before: Policy, to after: Policy) -> [String] {
    let reached = Set(
      before.services.flatMap { service in
        service.lists.flatMap { list in
          list.restrictions.filter(\.isReachable).map {
            [service.service.description, list.stage.rawValue, $0.name, $0.argument ?? ""]
          }
        }
      })
    return after.services.flatMap { service in
      service.lists.flatMap { list in
        list.restrictions.compactMap { restriction -> String? in
          let key = [
            service.service.description, list.stage.rawValue, restriction.name,
            restriction.argument ?? "",
          ]
          guard restriction.state != .off, let reason = restriction.unreachableReason,
            reached.contains(key)
          else { return nil }
          return "\(service.service) \(list.stage.rawValue): \(restriction.name) is never reached "
            + "any more (\(reason))"
        }
      }
    }
  }

  mutating func add(_ edit: Edit) -> Bool {
    do {
      try draft?.add(edit)
    } catch {
      say(error.message, .error)
      return false
    }
    refreshPolicy()
    return true
  }
}
