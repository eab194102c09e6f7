import MailLog
import PostfixConfig

/// What is known of the cause of one reject.
public enum Cause: Hashable, Sendable {
  /// The text has one possible cause, or the policy in force leaves one.
  case restriction(name: String, argument: String?)
  /// Several may be the cause, and nothing decides.
  case open([CauseCandidate])
}

/// Finds the restriction that a reject belongs to, by its text and by the policy in force.
///
/// The log names neither the list nor, for tables, the restriction; a policy leaves only what some
/// service with that tag has in a list, reachable and in the right state.
struct CauseResolver {
  /// A restriction of some service with the wanted tag.
  private struct Member {
    var service: ServiceID
    var name: String
    var canonical: String
    var argument: String?
    var stage: Stage
    var state: RestrictionState
    var isReachable: Bool
  }

  private var members: [String: [Member]] = [:]
  /// Tags of services whose DNS lists refuse with texts of the administrator's own.
  private var customTags: Set<String> = []

  init(policy: Policy?) {
    for service in policy?.services ?? [] {
      if service.customizesDNSListReplies { customTags.insert(service.tag) }
      for list in service.lists {
        for restriction in list.restrictions {
          members[service.tag, default: []].append(
            Member(
              service: service.service, name: restriction.name,
              canonical: RestrictionNames.canonical(restriction.name),
              argument: restriction.argument, stage: list.stage, state: restriction.state,
              isReachable: restriction.isReachable))
        }
      }
    }
  }

  /// The cause of a row, which has candidates.
  func cause(of row: LogRow) -> Cause {
    cause(
      row.candidates, stage: row.stage, tag: row.tag, isTrial: row.kind == .trial,
      isUndecided: row.isUndecided)
  }

  /// The cause of rejects of a signature with these candidates.
  func cause(
    _ candidates: [CauseCandidate], of signature: RejectSignature, tag: String, isTrial: Bool
  ) -> Cause {
    cause(
      candidates, stage: signature.stage, tag: tag, isTrial: isTrial,
      isUndecided: signature.isUndecided)
  }

  /// The cause of rejects with these candidates at a stage.
  ///
  /// - Parameter isUndecided: the text holds Postfix's own words, so that it is none of a DNS list's.
  private func cause(
    _ candidates: [CauseCandidate], stage: String, tag: String, isTrial: Bool, isUndecided: Bool
  ) -> Cause {
    let state: RestrictionState = isTrial ? .trial : .on
    // A text of no known form is a DNS list's where these speak in words of their own.
    let isCustom =
      !isUndecided && customTags.contains(tag) && candidates.map(\.name) == ["unknown"]
    let all = (members[tag] ?? []).filter { member in
      isCustom
        ? RestrictionNames.asksDNSList.contains(member.canonical)
        : candidates.contains { matches(member, $0, stage: stage) }
    }
    let live = distinct(all.filter { $0.state == state && $0.isReachable })
    if live.count == 1 { return .restriction(name: live[0].name, argument: live[0].argument) }
    if live.count > 1 {
      return
        (isTrial ? nil : first(of: all.filter { $0.state == .on && $0.isReachable }, candidates))
        .map { .restriction(name: $0.name, argument: $0.argument) } ?? .open(live)
    }
    if isCustom { return .restriction(name: "unknown", argument: nil) }
    guard candidates.count == 1, let only = candidates.first else {
      return .open(candidates.sorted())
    }
    // One cause that the policy does not have in that state: named as it is spelled there.
    let spelled = distinct(all)
    if spelled.count == 1, only.argument != nil || spelled[0].argument == nil {
      return .restriction(name: spelled[0].name, argument: spelled[0].argument)
    }
    return .restriction(name: only.name, argument: only.argument)
  }

  /// The member that decided where all candidates test the same thing: the first of its list.
  ///
  /// Only when every service with the tag has the same one first. Those on trial all speak.
  private func first(of live: [Member], _ candidates: [CauseCandidate]) -> Member? {
    guard candidates.allSatisfy({ RestrictionNames.testsLiteral.contains($0.name) }) else {
      return nil
    }
    var firsts: [ServiceID: Member] = [:]
    for member in live where firsts[member.service] == nil { firsts[member.service] = member }
    let names = Set(firsts.values.map(\.canonical))
    return names.count == 1 ? live.first : nil
  }

  private func distinct(_ members: [Member]) -> [CauseCandidate] {
    // The same restriction under two spellings is one, named by its first occurrence.
    var seen: Set<CauseCandidate> = []
    var result: [CauseCandidate] = []
    for member in members
    where seen.insert(CauseCandidate(name: member.canonical, argument: member.argument)).inserted {
      result.append(CauseCandidate(name: member.name, argument: member.argument))
    }
    return result.sorted()
  }

  private func matches(_ member: Member, _ candidate: CauseCandidate, stage: String) -> Bool {
    guard member.canonical == candidate.name else { return false }
    if RestrictionNames.speaksForItsList.contains(candidate.name)
      && !RestrictionNames.lists(ofStage: stage).contains(member.stage)
    {
      return false
    }
    guard let argument = candidate.argument else { return true }
    return member.argument.map { RestrictionNames.domain($0) == argument.lowercased() } ?? false
  }
}

/// What attribution must know of restrictions' names.
enum RestrictionNames {
  /// Restrictions that refuse a malformed address literal in HELO with the same words.
  static let testsLiteral: Set<String> = [
    "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname",
    "reject_unknown_helo_hostname",
  ]

  /// Restrictions that refuse with `default_rbl_reply` or what `rbl_reply_maps` has in its place.
  static let asksDNSList: Set<String> = [
    "reject_rbl_client", "reject_rhsbl_client", "reject_rhsbl_reverse_client", "reject_rhsbl_helo",
    "reject_rhsbl_sender", "reject_rhsbl_recipient",
  ]

  /// Restrictions whose reply speaks with the class of the list they stand in.
  static let speaksForItsList: Set<String> = [
    "reject", "defer", "defer_if_permit", "defer_if_reject", "check_policy_service",
  ]

  /// The current name of an old spelling (Postfix 2.3 and 2.6 renamed several).
  static func canonical(_ name: String) -> String {
    switch name.lowercased() {
    case "reject_unknown_client": "reject_unknown_client_hostname"
    case "reject_invalid_hostname": "reject_invalid_helo_hostname"
    case "reject_non_fqdn_hostname": "reject_non_fqdn_helo_hostname"
    case "reject_unknown_hostname": "reject_unknown_helo_hostname"
    case "reject_unknown_address": "reject_unknown_sender_domain"
    case "reject_rbl": "reject_rbl_client"
    case "check_recipient_maps": "reject_unlisted_recipient"
    case let lowered: lowered
    }
  }

  /// The lists that speak with the class of a stage.
  static func lists(ofStage stage: String) -> Set<Stage> {
    switch stage {
    case "client": [.client]
    case "helo": [.helo]
    case "sender": [.sender]
    case "recipient": [.recipient, .relay]
    case "data": [.data]
    case "end_of_data": [.endOfData]
    case "etrn": [.etrn]
    default: Set(Stage.allCases)
    }
  }

  /// The domain of a DNS list's argument: `zen.example` of `zen.example=127.0.0.[2..11]`.
  static func domain(_ argument: String) -> String {
    argument.prefix { $0 != "=" }.lowercased()
  }
}
