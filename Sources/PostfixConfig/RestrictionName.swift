/// What the spelling of a list element tells.
enum RestrictionName {
  /// `permit`, `permit_mynetworks` and their kin, old spellings included.
  static func isPermit(_ name: String) -> Bool { name.lowercased().hasPrefix("permit") }

  /// The parameter that an element refers to as a whole: `$name`, `${name}` or `$(name)`.
  static func reference(_ text: String) -> String? {
    guard text.hasPrefix("$") else { return nil }
    var inner = text.dropFirst()
    if (inner.hasPrefix("{") && inner.hasSuffix("}")) || (inner.hasPrefix("(") && inner.hasSuffix(")")) {
      inner = inner.dropFirst().dropLast()
    }
    return !inner.isEmpty && inner.utf8.allSatisfy(\.isNameByte) ? String(inner) : nil
  }

  /// True for `type:table` without a restriction before it (a short form of `check_*_access`).
  static func isBareTable(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    return text[..<colon].utf8.allSatisfy { $0.isNameByte || $0 == 0x2D }
  }

  /// What a bare table stands for in a list of that stage; nil where Postfix refuses it.
  static func bareTableRestriction(at stage: Stage) -> String? {
    switch stage {
    case .client, .helo, .sender, .recipient, .etrn: "check_\(stage.rawValue)_access"
    case .relay: "check_recipient_access"
    case .data, .endOfData: nil
    }
  }

  /// `permit`, `reject` and `defer`: nothing behind them in a list is ever reached.
  static func endsList(_ name: String) -> Bool {
    ["permit", "reject", "defer"].contains(name.lowercased())
  }

  /// The restrictions that smtpd accepts as relay protection (smtpd_relay_restrictions).
  static let relayProtection: Set<String> = [
    "reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit",
    "check_relay_domains",
  ]
}
