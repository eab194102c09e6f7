/// A restriction class without a definition, or one that contains itself: smtpd dies at start.
@Sendable func restrictionClassCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  let place = context.location(of: "smtpd_restriction_classes")
  return configuration.classes(for: nil).sorted().compactMap { name in
    let value = configuration.value(of: name) ?? ""
    if value.utf8.allSatisfy(\.isListSeparator) {
      return Finding(
        severity: .error, findingClass: .serverDead, code: "undefined-class", location: place,
        message: "smtpd_restriction_classes names \(name), which is not defined, so smtpd does not start; "
          + "define \(name) = … or take it off the list")
    }
    guard contains(name, itself: name, configuration, depth: 0) else { return nil }
    return Finding(
      severity: .error, findingClass: .serverDead, code: "class-loop",
      location: context.location(of: name),
      message: "the restriction class \(name) contains itself, so smtpd crashes; take it out of its own list")
  }
}

private func contains(
  _ name: String, itself: String, _ configuration: Configuration, depth: Int
) -> Bool {
  guard depth < 20, let value = configuration.value(of: name) else { return false }
  let classes = configuration.classes(for: nil)
  for word in value.utf8.split(whereSeparator: \.isListSeparator).compactMap({ String($0) })
  where classes.contains(word) {
    if word == itself || contains(word, itself: itself, configuration, depth: depth + 1) { return true }
  }
  return false
}
