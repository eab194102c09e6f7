/// The same restriction twice in one list.
func checkDuplicates(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service in
    service.lists.flatMap { list -> [Finding] in
      var seen: Set<String> = []
      return list.restrictions.filter { $0.state != .off && $0.classes.isEmpty }.compactMap {
        restriction in
        let key = restriction.name.asciiLowercased + " " + (restriction.argument ?? "")
        guard !seen.insert(key).inserted else { return nil }
        return Finding(
          severity: .hint, findingClass: .style, code: "duplicate",
          location: restriction.origin.location,
          message: "\(restriction.name) stands twice in \(list.originParameter): remove one",
          fix: [.remove(restriction.target)])
      }
    }
  }
}
