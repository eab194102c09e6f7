/// The words of an expanded restriction list, with the argument beside the name it belongs to.
struct ListWords {
  private struct Item {
    var name: String
    var argument: String?
  }

  private var items: [Item] = []
  private let classes: Set<String>

  /// Reads `text` as Postfix does: separated by commas and white space, `{ … }` kept together.
  init(_ text: String, classes: Set<String>) {
    self.classes = classes
    var words = Self.words(text)[...]
    while let name = words.popFirst() {
      let item = Item(name: name, argument: Self.takesArgument(name) ? words.popFirst() : nil)
      items.append(item)
    }
  }

  /// The names in a plain list such as `smtpd_restriction_classes`.
  static func names(_ text: String) -> [String] { words(text) }

  /// The restrictions that ask somebody outside: policy services and address verification.
  var thirdParties: [String] {
    items.filter { Self.asksThirdParty($0.name) }.map { text($0) }
  }

  /// The list with these replaced by a restriction that decides nothing, so that a
  /// `warn_if_reject` in front of one does not slip to its neighbour.
  var withoutThirdParties: String { treated { _, _ in .keep } }

  /// The list with each restriction treated as `treatment` says; whatever that is, none asks a third
  /// party, except that `verifies` leaves the verification of addresses in.
  func treated(
    verifies: Bool = false,
    _ treatment: (_ name: String, _ argument: String?) -> StandInVariant.Treatment
  ) -> String {
    items.map { item in
      let isLeftOut =
        Self.asksThirdParty(item.name)
        && !(verifies && item.name.lowercased().hasPrefix("reject_unverified_"))
      if isLeftOut { return "check_client_access static:DUNNO" }
      switch treatment(item.name, item.argument) {
      case .keep: return text(item)
      case .neutralise: return "check_client_access static:DUNNO"
      case .refuse: return "check_client_access static:REJECT"
      }
    }.joined(separator: " ")
  }

  /// Every restriction once, refusing nobody; those that need DNS or a third party left out.
  var coverage: String {
    items.compactMap { item in
      let name = item.name.lowercased()
      if Self.ending.contains(name) || Self.asksThirdParty(name) || Self.needsDNS(name) {
        return nil
      }
      // Relay protection that smtpd looks for at its start does not count behind warn_if_reject.
      let plain = name.hasPrefix("permit_") || name.hasSuffix("_unauth_destination")
      return plain ? text(item) : "warn_if_reject \(text(item))"
    }.joined(separator: " ")
  }

  private func text(_ item: Item) -> String {
    (item.name + (item.argument.map { " \($0)" } ?? "")).split(
      separator: "$", omittingEmptySubsequences: false
    )
    .joined(separator: "$$")
  }

  /// What ends a list, or modifies its neighbour.
  private static let ending: Set = [
    "permit", "reject", "defer", "defer_if_permit", "defer_if_reject", "warn_if_reject", "sleep",
    "permit_auth_destination", "permit_inet_interfaces",
  ]

  private static func takesArgument(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasPrefix("check_") && (name.hasSuffix("_access") || name == "check_policy_service")
      || name.hasPrefix("reject_rbl") || name.hasPrefix("reject_rhsbl_")
      || name.hasPrefix("permit_dnswl") || name.hasPrefix("permit_rhswl") || name == "sleep"
  }

  private static func asksThirdParty(_ name: String) -> Bool {
    let name = name.lowercased()
    return name == "check_policy_service" || name.hasPrefix("reject_unverified_")
      || name == "reject_unverified_sender" || name == "sleep"
  }

  private static func needsDNS(_ name: String) -> Bool {
    name.hasPrefix("reject_unknown_") || name.hasPrefix("reject_rbl")
      || name.hasPrefix("reject_rhsbl")
      || name.hasPrefix("permit_dnswl") || name.hasPrefix("permit_rhswl")
      || name == "permit_mx_backup"
      || name == "reject_maps_rbl"
      || name.hasPrefix("check_")
        && ["_mx_access", "_ns_access", "_a_access"].contains { name.hasSuffix($0) }
  }

  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if depth <= 0 && (character == "," || character.isWhitespace) {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
