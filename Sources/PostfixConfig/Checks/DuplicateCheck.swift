/// The same restriction twice in one list, the second time to no effect.
func checkDuplicates(_ context: CheckContext) -> [Finding] {
  context.policy.services.flatMap { service in
    service.lists.flatMap { list -> [Finding] in
      var seen: Set<String> = []
      return list.restrictions.compactMap { restriction in
        guard restriction.state != .off, restriction.classes.isEmpty, restriction.isReachable else {
          return nil
        }
        let key = restriction.name.asciiLowercased + " " + (restriction.argument ?? "")
        guard !seen.insert(key).inserted else { return nil }
        return Finding(
          .style, "duplicate", at: restriction,
          "\(restriction.name) stands twice in \(list.originParameter): remove one",
          fix: context.removal(of: restriction))
      }
    }
  }
}
