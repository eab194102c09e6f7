import Testing

@testable import PostfixConfig

@Suite struct PolicyTests {
  @Test func followsUserParametersToTheirOrigin() throws {
    let policy = configuration(tutorial).policy()
    let helo = try #require(policy.services[0].lists.first { $0.stage == .helo })
    #expect(helo.originParameter == "mua_helo_restrictions")
    #expect(
      helo.restrictions.map(\.name) == [
        "permit_mynetworks", "permit_sasl_authenticated", "reject_invalid_helo_hostname",
        "reject_non_fqdn_helo_hostname", "permit",
      ])
    #expect(helo.restrictions[2].origin.location.line == 10)
    #expect(helo.restrictions[2].origin.location.column == 5)
    #expect(policy.services[0].tag == "postfix")
  }

  @Test func theDefaultRelayListIsShown() throws {
    let policy = configuration("compatibility_level = 3.6\n").policy()
    let relay = try #require(policy.services[0].lists.first { $0.stage == .relay })
    #expect(relay.isDefault)
    #expect(relay.restrictions.last?.name == "defer_unauth_destination")
  }

  @Test func overridesCountForTheirServiceOnly() throws {
    let master = """
      smtp inet n - y - - smtpd
      submission inet n - y - - smtpd
        -o syslog_name=postfix/submission
        -o smtpd_helo_restrictions=
        -o { smtpd_sender_restrictions = permit_mynetworks, reject }

      """
    let policy = configuration(tutorial, master: master).policy()
    #expect(policy.services.map(\.service.description) == ["smtp/inet", "submission/inet"])
    #expect(policy.services[1].tag == "postfix/submission")
    #expect(policy.services[1].lists.first { $0.stage == .helo }?.restrictions.isEmpty == true)
    let sender = try #require(policy.services[1].lists.first { $0.stage == .sender })
    #expect(sender.restrictions.map(\.name) == ["permit_mynetworks", "reject"])
    #expect(sender.override == ServiceID(name: "submission"))
    let client = try #require(policy.services[0].lists.first { $0.stage == .client })
    #expect(
      client.restrictions[0].origin.usedBy == ["smtpd_client_restrictions of submission/inet"])
  }

  @Test func knowsStatesAndWhatIsNeverReached() throws {
    let text = """
      smtpd_helo_restrictions =
          permit_mynetworks
          # reject_invalid_helo_hostname
          # prose that mentions permit
          warn_if_reject reject_non_fqdn_helo_hostname
          permit
          reject_unknown_helo_hostname

      """
    let list = try #require(configuration(text).policy().services[0].lists.first { $0.stage == .helo })
    #expect(list.restrictions.map(\.state) == [.on, .off, .trial, .on, .on])
    #expect(list.restrictions[4].unreachableReason == "after permit in line 6")
  }

  @Test func bareTablesAndArgumentsBehindVariables() throws {
    let text = """
      podop = socketmap:unix:/x:
      limit = check_sasl_access ${podop}rate
      smtpd_recipient_restrictions = hash:/etc/a, $limit, reject_unauth_destination

      """
    let list = try #require(
      configuration(text).policy().services[0].lists.first { $0.stage == .recipient })
    #expect(list.restrictions[0].name == "check_recipient_access")
    #expect(list.restrictions[0].argument == "hash:/etc/a")
    #expect(list.restrictions[1].name == "check_sasl_access")
    #expect(list.restrictions[1].argument == "socketmap:unix:/x:rate")
  }

  @Test func classesAreFollowedAndLoopsEnd() throws {
    let text = """
      smtpd_restriction_classes = grey c1
      grey = check_policy_service inet:127.0.0.1:10023
      c1 = c1
      smtpd_recipient_restrictions = reject_unauth_destination grey c1

      """
    let list = try #require(
      configuration(text).policy().services[0].lists.first { $0.stage == .recipient })
    #expect(list.restrictions.contains { $0.name == "check_policy_service" && $0.classes == ["grey"] })
  }
}
