/// The recording of HELO names: Postfix logs none for mail that it accepts.
///
/// `check_helo_access static:INFO` in `smtpd_data_restrictions` writes one line of information per mail,
/// when the client goes on to DATA: only for mail whose recipients were accepted, with the queue id. It
/// decides nothing (access(5), "INFO"), so nobody is refused or permitted by it.
public enum HeloRecording {
  static let restriction = "check_helo_access"
  static let argument = "static:INFO"

  /// The recording as it stands in the list.
  public static var text: String { "\(restriction) \(argument)" }

  /// True when every smtpd service of the policy records.
  public static func isOn(_ policy: Policy) -> Bool {
    !policy.services.isEmpty && policy.services.allSatisfy { recording(in: $0) != nil }
  }

  /// True when some smtpd service of the policy records.
  public static func isOnSomewhere(_ policy: Policy) -> Bool {
    policy.services.contains { recording(in: $0) != nil }
  }

  /// The edits that switch the recording on or off in every smtpd service; empty when it is so already.
  ///
  /// - Throws: `EditError` when a list cannot be edited.
  public static func edits(on: Bool, in configuration: Configuration) throws(EditError) -> [Edit] {
    var edits: [Edit] = []
    var current = configuration
    for service in configuration.policy().services.map(\.service) {
      // One text may serve several services: each edit is looked at before the next.
      guard let policy = current.policy().services.first(where: { $0.service == service }),
        let edit = on ? switchingOn(policy) : switchingOff(policy, in: current)
      else { continue }
      try current.apply(edit)
      edits.append(edit)
    }
    return edits
  }

  private static func switchingOn(_ policy: ServicePolicy) -> Edit? {
    guard recording(in: policy) == nil else { return nil }
    return .insert(
      stage: .data, service: policy.service.description, name: restriction, argument: argument,
      state: .on)
  }

  private static func switchingOff(
    _ policy: ServicePolicy, in configuration: Configuration
  ) -> Edit? {
    guard let (list, found) = recording(in: policy) else { return nil }
    let isAlone = list.restrictions.count == 1 && list.originParameter == Stage.data.parameter
    if isAlone && list.override == nil {
      return .resetParameter(name: Stage.data.parameter, service: nil)
    }
    return .remove(found.target)
  }

  private static func recording(
    in policy: ServicePolicy
  ) -> (RestrictionList, Restriction)? {
    for list in policy.lists where list.stage == .data {
      let found = list.restrictions.first {
        $0.state == .on && $0.name.lowercased() == restriction && $0.argument == argument
      }
      if let found { return (list, found) }
    }
    return nil
  }
}
