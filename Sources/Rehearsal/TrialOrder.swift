import Attribution
import PostfixConfig

/// What stands in front of a restriction on trial: its refusals hide mail from the trial.
struct TrialOrder {
  private struct Place: Hashable {
    var tag: String
    var name: String
    var argument: String?
  }

  private let name: String
  private let argument: String?
  private var before: Set<Place> = []
  /// Why the restriction can never be reached in any service that has it on trial; nil when it can.
  private(set) var unreachableReason: String?

  init(restriction: String, argument: String?, policy: Policy) {
    name = canonicalName(restriction)
    self.argument = argument
    var reasons: [String?] = []
    for service in policy.services {
      var earlier: Set<Place> = []
      for found in service.lists.flatMap(\.restrictions) {
        if found.state == .trial, isOnTrial(found.name, found.argument) {
          before.formUnion(earlier)
          reasons.append(found.unreachableReason)
        } else if found.state == .on && found.isReachable {
          earlier.insert(
            Place(
              tag: service.tag, name: canonicalName(found.name), argument: found.argument))
        }
      }
    }
    if !reasons.isEmpty, reasons.allSatisfy({ $0 != nil }) { unreachableReason = reasons[0] }
  }

  func isOnTrial(_ name: String, _ argument: String?) -> Bool {
    canonicalName(name) == self.name
      && (argument == nil || self.argument == nil || self.argument == argument
        || self.argument.map { asciiLowercase($0.prefix { $0 != "=" }) } == argument)
  }

  /// The restriction that refused, when it stands in front of the one on trial; nil otherwise.
  func standingBefore(_ cause: Cause, tag: String) -> String? {
    switch cause {
    case .restriction(let name, let argument):
      return isBefore(tag, name, argument) ? cause.summary : nil
    case .open(let candidates):
      let all = candidates.allSatisfy { isBefore(tag, $0.name, $0.argument) }
      return all && !candidates.isEmpty ? cause.summary : nil
    }
  }

  private func isBefore(_ tag: String, _ name: String, _ argument: String?) -> Bool {
    before.contains {
      $0.tag == tag && $0.name == canonicalName(name)
        && (argument == nil || $0.argument == nil || $0.argument == argument
          || $0.argument.map { asciiLowercase($0.prefix { $0 != "=" }) } == argument)
    }
  }
}
