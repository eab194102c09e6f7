/// Policy servers that do not answer, so that smtpd answers for them
/// (postconf(5), "smtpd_policy_service_default_action").
func checkPolicyServers(_ context: CheckContext) -> [Finding] {
  context.active.compactMap { active in
    let restriction = active.restriction
    guard restriction.isReachable, let argument = restriction.argument,
      let server = restriction.policyServer(of: active.service, in: context.configuration),
      context.policyServers[server] == .absent
    else { return nil }
    let name = "smtpd_policy_service_default_action"
    let action =
      PolicyServer.attribute("default_action", in: argument)
      ?? context.value(of: name, in: active.service) ?? "451"
    let isHarmless = restriction.state == .trial || !refuses(action)
    let effect =
      isHarmless ? "the check does nothing" : "smtpd answers \(action) to everyone who reaches it"
    return Finding(
      isHarmless ? .silentlyNotEnforced : .everyoneDeferred, "policy-server-down", at: restriction,
      "nobody listens at \(argument), so \(effect): start the policy server, or switch the check off",
      fix: [.setState(restriction.target, .off)])
  }
}

/// True for a result of access(5) that refuses.
private func refuses(_ action: String) -> Bool {
  let word = listWords(action).first?.asciiLowercased ?? ""
  return word.utf8.first == UInt8(ascii: "4") || word.utf8.first == UInt8(ascii: "5")
    || word.hasPrefix("reject") || word.hasPrefix("defer")
}
