import Testing

@testable import PostfixConfig

/// Lists in the shapes that widespread mail servers ship.
@Suite struct PresetTests {
  static let presets = [
    """
    smtpd_helo_required = yes
    smtpd_relay_restrictions = permit_mynetworks,
      permit_sasl_authenticated,
      defer_unauth_destination
    smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch,
      permit_mynetworks,
      permit_sasl_authenticated,
      reject_unlisted_sender,
      reject_unknown_sender_domain
    smtpd_recipient_restrictions = check_recipient_mx_access proxy:mysql:/m,
      permit_sasl_authenticated,
      check_recipient_access proxy:mysql:/n,
      reject_unauth_destination
    smtpd_data_restrictions = reject_unauth_pipelining, permit
    smtpd_hard_error_limit = ${stress?1}${stress:5}

    """,
    """
    smtpd_relay_restrictions=permit_sasl_authenticated,permit_mynetworks,reject_unauth_destination
    smtpd_sender_restrictions=reject_non_fqdn_sender,reject_rhsbl_sender dbl.example=127.0.1.[2..99]
    smtpd_recipient_restrictions=permit_sasl_authenticated,permit_mynetworks,reject_rbl_client zen.example=127.0.0.[2..11],check_policy_service inet:127.0.0.1:10023

    """,
    """
    smtpd_data_restrictions = reject_unauth_pipelining
    smtpd_recipient_restrictions =
          check_policy_service inet:127.0.0.1:9999
          permit_mynetworks
          permit_sasl_authenticated
          check_recipient_access
              proxy:mysql:/maintain
              proxy:mysql:/verification
          reject_unverified_recipient
          reject_unauth_destination
          reject_non_fqdn_sender

    """,
    """
    smtpd_restriction_classes = greylisting
    greylisting = check_policy_service inet:127.0.0.1:10023
    smtpd_sender_restrictions = check_sender_access regexp:/x greylisting, permit_mynetworks
    smtpd_client_restrictions = hash:/y, check_policy_service { inet:[::1]:99, timeout = 1s }, permit_mynetworks
    smtpd_etrn_restrictions = permit_mynetworks, reject

    """,
  ]

  @Test(arguments: presets) func presetsHaveNoErrors(text: String) {
    let configuration = Fixture.configuration(text, master: "smtp inet n - y - - smtpd\n")
    let errors = configuration.findings().filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(errors.map(\.message))")
  }

  @Test(arguments: presets) func trialsGoBackToTheSameBytes(text: String) throws {
    let original = Fixture.configuration(text)
    for restriction in original.policy().services[0].lists.flatMap(\.restrictions)
    where restriction.origin.location.line > 0 {
      var draft = original
      try draft.apply(.setState(restriction.target, .trial))
      #expect(draft.mainText != original.mainText)
      try draft.apply(.setState(restriction.target, .on))
      #expect(draft.mainText == original.mainText)
    }
  }

  @Test(arguments: presets) func offRemovesOneRestrictionOnly(text: String) throws {
    let original = Fixture.configuration(text)
    for list in original.policy().services[0].lists {
      let before = list.restrictions.filter { $0.classes.isEmpty }
      for (index, restriction) in before.enumerated()
      where restriction.origin.location.line > 0 && restriction.argument?.hasPrefix("proxy") != true
      {
        let edit = Edit.setState(restriction.target, .off)
        var draft = original
        try draft.apply(edit)
        let after = try #require(draft.list(list.stage)).restrictions
          .filter { $0.classes.isEmpty && $0.state != .off }.map(\.name)
        var expected = before.map(\.name)
        expected.remove(at: index)
        #expect(after == expected, "\(restriction.name) in \(draft.mainText)")
        if let inverse = edit.inverse(in: original) {
          try draft.apply(inverse)
          #expect(draft.mainText == original.mainText)
        }
      }
    }
  }

  @Test func readsTenThousandLinesQuickly() {
    var text = Fixture.tutorial
    for number in 0..<10_000 { text += "user_\(number) = value \(number), $user_\(number + 1)\n" }
    let clock = ContinuousClock()
    var names = 0
    let elapsed = clock.measure {
      let configuration = Fixture.configuration(text)
      names = configuration.main.parameterNames.count
      #expect(configuration.policy().services.count == 2)
    }
    #expect(names == 10_004)
    print("10,000 lines read and expanded to a policy in \(elapsed)")
  }
}
