import PostfixConfig

/// Which restrictions a draft brings into force, and which it takes out of it.
struct PolicyComparison: Sendable {
  /// A restriction that is on in the list of one service.
  struct Member: Hashable, Sendable {
    var service: ServiceID
    var stage: Stage
    /// The list, or the restriction class whose member it is.
    var parameter: String
    var name: String
    var argument: String?
  }

  /// On in the candidate only, in evaluation order.
  private(set) var added: [Member] = []
  /// On in the present configuration only.
  private(set) var removed: [Member] = []
  /// True when the draft does nothing but switch restrictions on: whoever was refused for a reason that
  /// still stands can then only be let in by a restriction that permits.
  let isAdditive: Bool
  /// True when the draft does nothing but take restrictions out of force that never permit: nobody who
  /// was accepted is refused by that.
  let isSubtractive: Bool

  init(base: Policy, candidate: Policy, edits: [Edit]) {
    for service in Set(base.services.map(\.service) + candidate.services.map(\.service)).sorted() {
      var before = Self.members(of: service, in: base)
      for member in Self.members(of: service, in: candidate) {
        if let index = before.firstIndex(of: member) {
          before.remove(at: index)
        } else {
          added.append(member)
        }
      }
      removed += before
    }
    isAdditive =
      edits.allSatisfy(\.switchesOn) && !edits.isEmpty && removed.isEmpty && !added.isEmpty
    isSubtractive =
      edits.allSatisfy(\.switchesOff) && added.isEmpty && !removed.isEmpty
      && removed.allSatisfy { Self.onlyRefuses($0.name) }
  }

  /// True when all that is added can refuse, and nothing else.
  var onlyRefuses: Bool { added.allSatisfy { Self.onlyRefuses($0.name) } }

  /// The changed restrictions, each name and argument once, with what can be said of it.
  func grades(verifies: Bool) -> [RestrictionGrade] {
    var seen: Set<[String]> = []
    return (added + removed).compactMap { member in
      guard seen.insert([member.name, member.argument ?? ""]).inserted else { return nil }
      return RestrictionGrade(
        name: member.name, argument: member.argument, stage: member.stage, verifies: verifies)
    }
  }

  /// True when this text of a staged list is one of `added`.
  func adds(_ service: ServiceID, _ parameter: String, _ name: String, _ argument: String?) -> Bool
  {
    added.contains {
      $0.service == service && $0.parameter == parameter && $0.name == canonicalName(name)
        && $0.argument == argument
    }
  }

  /// A restriction that never permits: `reject_…`, `defer_…` and the bare words.
  static func onlyRefuses(_ name: String) -> Bool {
    let name = asciiLowercase(name)
    return name.hasPrefix("reject") || name.hasPrefix("defer")
  }

  private static func members(of service: ServiceID, in policy: Policy) -> [Member] {
    guard let found = policy.services.first(where: { $0.service == service }) else { return [] }
    return found.lists.flatMap { list in
      list.restrictions.filter { $0.state == .on }.map { restriction in
        Member(
          service: service, stage: list.stage,
          parameter: restriction.classes.last ?? list.stage.parameter,
          name: canonicalName(restriction.name), argument: restriction.argument)
      }
    }
  }
}

extension Edit {
  fileprivate var switchesOn: Bool {
    switch self {
    case .setState(_, let state), .insert(_, _, _, _, let state): state == .on
    default: false
    }
  }

  fileprivate var switchesOff: Bool {
    switch self {
    case .setState(_, let state): state != .on
    case .remove: true
    default: false
    }
  }
}

/// The current name of a restriction that may be written in an old spelling.
func canonicalName(_ name: String) -> String {
  guard let info = Catalog.restriction(named: name) else { return name }
  return info.replacedBy ?? info.name
}
