/// Values that cannot be expanded: a loop of `$name`, an unclosed `${`. smtpd dies when it reads them.
@Sendable func expansionCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  let expander = configuration.expander(for: nil)
  return configuration.main.definitions.compactMap { definition -> Finding? in
    guard !unexpanded.contains(definition.name), definition.rawValue.contains("$"),
      configuration.main.definition(definition.name) == definition
    else { return nil }
    let reason: String
    do throws(Expander.Failure) {
      _ = try expander.expand(definition.rawValue)
      return nil
    } catch {
      switch error {
      case .loop(let name): reason = "refers to itself through $\(name)"
      case .syntax(let words): reason = "cannot be expanded: \(words)"
      }
    }
    return Finding(
      severity: .error, findingClass: .serverDead, code: "bad-expansion",
      location: configuration.location(.main, definition.nameStart),
      message: "the value of \(definition.name) \(reason); programs that read it stop")
  }
}

/// Parameters that Postfix does not expand when it reads them (main.cf facts, section 3).
let unexpanded: Set<String> = [
  "smtpd_expansion_filter", "default_rbl_reply", "smtpd_reject_footer", "postscreen_reject_footer",
  "postscreen_expansion_filter", "forward_path", "mailbox_command", "command_expansion_filter",
  "execution_directory_expansion_filter", "forward_expansion_filter", "luser_relay", "rbl_reply_maps",
]
