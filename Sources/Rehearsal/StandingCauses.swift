import Attribution
import PostfixConfig

/// Whether the reason of a past refusal is still in force.
enum StandingCauses {
  /// True when what refused the mail is on in `policy`, or is none of smtpd's restrictions and so beyond
  /// any list.
  static func stands(_ mail: PastMail, in policy: Policy) -> Bool {
    switch mail.cause {
    case nil: false
    case .restriction(let name, let argument)?: isOn(name, argument, mail, policy)
    case .open(let candidates)?:
      !candidates.isEmpty && candidates.allSatisfy { isOn($0.name, $0.argument, mail, policy) }
    }
  }

  private static func isOn(
    _ name: String, _ argument: String?, _ mail: PastMail, _ policy: Policy
  ) -> Bool {
    guard Catalog.restriction(named: name) != nil else { return true }
    let wanted = canonicalName(name)
    // Run without being named at the end of every RCPT.
    if wanted == "reject_unlisted_recipient" { return true }
    return policy.services.filter { $0.tag == mail.question.tag }.contains { service in
      service.lists.contains { list in
        list.restrictions.contains { restriction in
          restriction.state == .on && restriction.isReachable
            && canonicalName(restriction.name) == wanted
            && matches(restriction.argument, argument)
        }
      }
    }
  }

  /// A DNS list's text names its domain only: `zen.example` of `zen.example=127.0.0.[2..11]`.
  private static func matches(_ present: String?, _ logged: String?) -> Bool {
    guard let logged else { return true }
    return present.map { asciiLowercase($0.prefix { $0 != "=" }) == asciiLowercase(logged) }
      ?? false || present == logged
  }
}
