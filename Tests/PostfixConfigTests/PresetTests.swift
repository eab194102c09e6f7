import Testing

@testable import PostfixConfig

/// Lists in the shapes that widespread mail servers ship.
@Suite struct PresetTests {
  @Test(arguments: PresetTexts.all) func presetsHaveNoErrors(text: String) {
    var configuration = Fixture.configuration(text, master: "smtp inet n - y - - smtpd\n")
    configuration.environment.tableTypes.formUnion(["ldap", "socketmap"])
    let errors = configuration.findings().filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(errors.map(\.message))")
  }

  @Test func readsTheListsOfEachPreset() {
    func list(_ text: String, _ stage: Stage) -> [String] {
      Fixture.configuration(text).list(stage)?.restrictions.map {
        "\($0.name)\($0.argument.map { " \($0)" } ?? "")\($0.state == .trial ? " trial" : "")"
      } ?? []
    }
    #expect(
      list(PresetTexts.manual, .recipient) == [
        "permit_mynetworks", "permit_sasl_authenticated", "reject_unauth_destination",
        "reject_rbl_client zen.spamhaus.org", "reject_rhsbl_reverse_client dbl.spamhaus.org",
        "reject_rhsbl_helo dbl.spamhaus.org", "reject_rhsbl_sender dbl.spamhaus.org",
      ])
    #expect(
      list(PresetTexts.dockerMailserver, .sender) == [
        "permit_sasl_authenticated", "permit_mynetworks", "reject_unknown_sender_domain",
      ])
    #expect(
      list(PresetTexts.modoboa, .recipient)[3..<5] == [
        "check_recipient_access proxy:mysql:/maintain",
        "check_recipient_access proxy:mysql:/verification",
      ])
    #expect(
      list(PresetTexts.proxmox, .sender)[5...] == [
        "check_recipient_access regexp:/f", "reject_unknown_client_hostname",
        "reject_unknown_sender_domain",
      ])
    #expect(
      list(PresetTexts.mailu, .client)[1]
        == "check_sender_access socketmap:unix:/tmp/podop.socket:senderaccess")
    #expect(
      list(PresetTexts.mailu, .client)[5]
        == "check_sasl_access socketmap:unix:/tmp/podop.socket:senderrate")
    #expect(
      list(PresetTexts.ispConfig, .recipient)[8...] == [
        "greylisting", "check_policy_service inet:127.0.0.1:10023",
        "check_policy_service unix:private/quota-status",
      ])
    #expect(list(PresetTexts.yast, .client)[2] == "check_client_access ldap:/l")
    #expect(
      list(PresetTexts.personal, .recipient)[4..<6] == [
        "reject_unknown_helo_hostname trial", "reject_non_fqdn_helo_hostname trial",
      ])
    #expect(list(PresetTexts.iRedMail, .recipient).count == 7)
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
