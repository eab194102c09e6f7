/// What changes for clients between two policies, one sentence per service, stage and restriction.
public func effectiveDifference(from old: Policy, to new: Policy) -> [String] {
  var sentences: [String] = []
  let before = Dictionary(old.services.map { ($0.service, $0) }, uniquingKeysWith: { $1 })
  let after = Set(new.services.map(\.service))
  for service in new.services {
    guard let previous = before[service.service] else {
      sentences.append("\(service.service): the service is new")
      continue
    }
    sentences += PostscreenDifference(old: previous.postscreen, new: service.postscreen).sentences
      .filter { !sentences.contains($0) }
    for list in service.lists {
      let former = previous.lists.first { $0.stage == list.stage }?.restrictions ?? []
      sentences += ListDifference(old: former, new: list.restrictions).sentences.map {
        "\(service.service) \(list.stage.rawValue): \($0)"
      }
    }
  }
  for service in old.services where !after.contains(service.service) {
    sentences.append("\(service.service): the service is gone")
  }
  return sentences
}

private struct ListDifference {
  private struct Key: Hashable {
    var text: String
    var occurrence: Int
  }

  private let old: [(key: Key, restriction: Restriction)]
  private let new: [(key: Key, restriction: Restriction)]

  init(old: [Restriction], new: [Restriction]) {
    self.old = Self.keyed(old)
    self.new = Self.keyed(new)
  }

  private static func keyed(_ list: [Restriction]) -> [(key: Key, restriction: Restriction)] {
    var seen: [String: Int] = [:]
    return list.map { restriction in
      let text = restriction.name + (restriction.argument.map { " \($0)" } ?? "")
      let occurrence = seen[text, default: 0]
      seen[text] = occurrence + 1
      return (Key(text: text, occurrence: occurrence), restriction)
    }
  }

  var sentences: [String] {
    let before = Dictionary(old.map { ($0.key, $0.restriction) }, uniquingKeysWith: { $1 })
    let after = Dictionary(new.map { ($0.key, $0.restriction) }, uniquingKeysWith: { $1 })
    var sentences: [String] = []
    for (key, restriction) in new {
      guard let former = before[key] else {
        sentences.append("\(key.text) is added\(Self.suffix(restriction.state))")
        continue
      }
      guard former.state != restriction.state else { continue }
      switch restriction.state {
      case .on: sentences.append("\(key.text) is switched on")
      case .off: sentences.append("\(key.text) is switched off")
      case .trial: sentences.append("\(key.text) goes on trial: it logs and refuses nobody")
      }
    }
    for (key, restriction) in old where after[key] == nil && restriction.state != .off {
      sentences.append("\(key.text) is dropped")
    }
    return sentences + moves(before, after)
  }

  private static func suffix(_ state: RestrictionState) -> String {
    switch state {
    case .on: ""
    case .trial: ", on trial"
    case .off: ", switched off"
    }
  }

  private func moves(_ before: [Key: Restriction], _ after: [Key: Restriction]) -> [String] {
    let oldOrder = old.map(\.key).filter { after[$0] != nil }
    let newOrder = new.map(\.key).filter { before[$0] != nil }
    return newOrder.difference(from: oldOrder).inferringMoves().insertions.compactMap { change in
      guard case .insert(let offset, let key, _?) = change else { return nil }
      let place = offset == 0 ? "to the front" : "behind \(newOrder[offset - 1].text)"
      return "\(key.text) is moved \(place)"
    }
  }
}
