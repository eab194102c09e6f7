import Attribution
import PostfixConfig

extension ServicePolicy {
  /// One element of `services` of `postgate show --json`.
  func json(counts: LogSnapshot?, directory: String) -> JSONValue {
    let numbers = counts.map { Attribution.counts(for: self, in: $0) }
    return [
      "name": .string(service.name), "type": .string(service.type), "tag": .string(tag),
      "postscreen": postscreen?.json(directory: directory) ?? .null,
      "lists": .array(
        lists.enumerated().map { index, list in
          [
            "stage": .string(list.stage.rawValue),
            "parameter": .string(list.originParameter),
            "service": .optional(list.override?.description),
            "default": .bool(list.isDefault),
            "restrictions": .array(
              list.restrictions.enumerated().map { place, restriction in
                restriction.json(count: numbers?[index][place], directory: directory)
              }),
          ]
        }),
    ]
  }

  /// Lines for people: a heading a list, then a line a restriction.
  func lines(counts: LogSnapshot?) -> [String] {
    let numbers = counts.map { Attribution.counts(for: self, in: $0) }
    let screen = postscreen?.lines ?? []
    return screen
      + lists.enumerated().filter { !$0.element.restrictions.isEmpty }.flatMap {
        index, list in
        [list.heading]
          + list.restrictions.enumerated().map { place, restriction in
            restriction.line(count: numbers?[index][place])
          }
      }
  }
}

extension RestrictionList {
  /// `helo  smtpd_helo_restrictions → mua_helo_restrictions`.
  fileprivate var heading: String {
    var text = "  \(stage.rawValue)  \(stage.parameter)"
    if originParameter != stage.parameter { text += " → \(originParameter)" }
    if let override { text += "  (-o of \(override) in master.cf)" }
    return text + (isDefault ? "  (default)" : "")
  }
}

extension Restriction {
  fileprivate func json(count: RestrictionDisplayCount?, directory: String) -> JSONValue {
    [
      "name": .string(name), "argument": .optional(argument), "state": .string(state.rawValue),
      "classes": .strings(classes), "reachable": .bool(isReachable),
      "unreachable_reason": .optional(unreachableReason),
      "origin": [
        "file": .string(directory + "/" + origin.location.file.rawValue),
        "line": .int(origin.location.line), "column": .int(origin.location.column),
        "parameter": .string(origin.parameter),
        "service": .optional(origin.override?.description), "used_by": .strings(origin.usedBy),
      ],
      "counts": count.map { count in
        [
          "rejects": .int(count.rejects), "at_least": .bool(count.isAtLeast),
          "trial": .int(count.trial), "since": .optional(count.since?.rfc3339),
          "counted_at": .optional(count.countedAt?.rawValue),
        ]
      } ?? .null,
    ]
  }

  fileprivate func line(count: RestrictionDisplayCount?) -> String {
    let label = argument.map { "\(name) \($0)" } ?? name
    var text = "    " + state.rawValue.padded(to: 6) + label.padded(to: 44)
    if let count { text += words(for: count) }
    if let unreachableReason { text += "  never reached: \(unreachableReason)" }
    while text.last == " " { text.removeLast() }
    return text
  }

  private func words(for count: RestrictionDisplayCount) -> String {
    // Permits refuse nobody, so a count beside them would mean nothing.
    if name.lowercased().hasPrefix("permit") || state == .off { return "" }
    if let stage = count.countedAt { return "  ↑ counted at \(stage.rawValue)" }
    if state == .trial { return "\(count.trial)".leftPadded(to: 9) + " would be rejected" }
    return "\(count.isAtLeast ? "≥" : "")\(count.rejects)".leftPadded(to: 9)
  }
}

extension String {
  /// This text with blanks behind it up to a width in characters.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// This text with blanks before it up to a width in characters.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
