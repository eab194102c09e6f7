import Testing

@testable import PostfixConfig

/// What changes for clients, in words, per service and stage.
@Suite struct EffectiveDifferenceTests {
  private static let main = """
    shared = permit_mynetworks, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
    smtpd_helo_restrictions = $shared
    smtpd_sender_restrictions =
        permit_mynetworks
        reject_non_fqdn_sender
        # reject_unlisted_sender
        warn_if_reject reject_unknown_sender_domain
    smtpd_restriction_classes = strict
    strict = reject_unknown_client_hostname

    """
  private static let master = """
    smtp inet n - y - - smtpd
    submission inet n - y - - smtpd
      -o smtpd_helo_restrictions=permit_sasl_authenticated,$shared
      -o smtpd_sender_restrictions=permit_sasl_authenticated,reject

    """

  private func difference(_ edits: Edit...) throws -> [String] {
    let old = Fixture.configuration(Self.main, master: Self.master)
    return effectiveDifference(from: old.policy(), to: try old.applying(edits).policy())
  }

  private func target(
    _ parameter: String, _ name: String, of service: String? = nil
  ) -> RestrictionTarget {
    RestrictionTarget(parameter: parameter, override: service, name: name)
  }

  @Test func aSharedOriginChangesEveryServiceThatUsesIt() throws {
    #expect(
      try difference(.setState(target("shared", "reject_invalid_helo_hostname"), .trial)) == [
        "smtp/inet helo: reject_invalid_helo_hostname goes on trial: it logs and refuses nobody",
        "submission/inet helo: reject_invalid_helo_hostname goes on trial: it logs and refuses nobody",
      ])
    #expect(
      try difference(.remove(target("shared", "reject_invalid_helo_hostname"))) == [
        "smtp/inet helo: reject_invalid_helo_hostname is dropped",
        "submission/inet helo: reject_invalid_helo_hostname is dropped",
      ])
  }

  @Test func anOverrideChangesItsServiceOnly() throws {
    #expect(
      try difference(
        .setParameter(
          name: "smtpd_helo_restrictions", value: "reject_unknown_helo_hostname",
          service: "submission/inet")) == [
          "submission/inet helo: reject_unknown_helo_hostname is added",
          "submission/inet helo: permit_sasl_authenticated is dropped",
          "submission/inet helo: permit_mynetworks is dropped",
          "submission/inet helo: reject_invalid_helo_hostname is dropped",
          "submission/inet helo: reject_non_fqdn_helo_hostname is dropped",
        ])
    #expect(
      try difference(
        .resetParameter(name: "smtpd_sender_restrictions", service: "submission/inet")) == [
          "submission/inet sender: permit_mynetworks is added",
          "submission/inet sender: reject_non_fqdn_sender is added",
          "submission/inet sender: reject_unlisted_sender is added, switched off",
          "submission/inet sender: reject_unknown_sender_domain is added, on trial",
          "submission/inet sender: permit_sasl_authenticated is dropped",
          "submission/inet sender: reject is dropped",
        ])
  }

  @Test func saysWhatIsSwitchedMovedAndAdded() throws {
    let list = "smtpd_sender_restrictions"
    #expect(
      try difference(.setState(target(list, "reject_unlisted_sender"), .on)) == [
        "smtp/inet sender: reject_unlisted_sender is switched on"
      ])
    #expect(
      try difference(.setState(target(list, "reject_unknown_sender_domain"), .on)) == [
        "smtp/inet sender: reject_unknown_sender_domain is switched on"
      ])
    #expect(
      try difference(.setState(target(list, "reject_non_fqdn_sender"), .off)) == [
        "smtp/inet sender: reject_non_fqdn_sender is switched off"
      ])
    #expect(
      try difference(
        .move(
          target(list, "permit_sasl_authenticated", of: "submission/inet"), offset: 1)) == [
          "submission/inet sender: permit_sasl_authenticated is moved behind reject"
        ])
    #expect(
      try difference(
        .insert(
          stage: .client, service: "submission/inet", name: "strict", argument: nil, state: .on)
      )
      .contains("smtp/inet client: reject_unknown_client_hostname is added"))
  }

  private func screened(_ settings: String, _ entry: String = "smtp inet n - y - 1 postscreen\n")
    -> Policy
  {
    var configuration = Fixture.configuration(
      settings, master: entry + "smtpd pass - - y - - smtpd\n")
    configuration.environment.defaults["postscreen_dnsbl_threshold"] = "1"
    configuration.environment.defaults["postscreen_greet_action"] = "ignore"
    configuration.environment.defaults["postscreen_dnsbl_action"] = "ignore"
    configuration.environment.defaults["postscreen_denylist_action"] = "ignore"
    configuration.environment.defaults["postscreen_access_list"] = "permit_mynetworks"
    return configuration.policy()
  }

  @Test(arguments: [
    ("postscreen_greet_action = enforce", ["greet refuses from now on (enforce)"]),
    ("postscreen_denylist_action = drop", ["deny_list refuses from now on (drop)"]),
    (
      "postscreen_dnsbl_sites = a.example*2 b.example=127.0.0.2\npostscreen_dnsbl_threshold = 3",
      [
        "dnsbl logs and refuses nobody", "the DNS list a.example is added with weight 2",
        "the DNS list b.example=127.0.0.2 is added with weight 1",
        "a client fails dnsbl from 3 points on, no longer from 1",
      ]
    ),
    (
      "postscreen_access_list = permit_mynetworks, cidr:/x",
      ["cidr:/x is added to the access list"]
    ),
  ])
  func tellsWhatPostscreenDoesOtherwise(_ settings: String, _ words: [String]) {
    let changed = screened(settings + "\n")
    #expect(
      effectiveDifference(from: screened(""), to: changed)
        == words.map { "smtp/inet postscreen: \($0)" })
    #expect(effectiveDifference(from: changed, to: changed).isEmpty)
    #expect(!effectiveDifference(from: changed, to: screened("")).isEmpty)
  }

  @Test func tellsThatPostscreenComesAndGoes() {
    let without = screened("", "")
    #expect(
      effectiveDifference(from: without, to: screened("")) == ["smtp/inet postscreen: it is new"])
    #expect(
      effectiveDifference(from: screened(""), to: without) == ["smtp/inet postscreen: it is gone"])
    #expect(
      effectiveDifference(
        from: screened("postscreen_dnsbl_sites = a.example\npostscreen_greet_action = enforce\n"),
        to: screened("postscreen_dnsbl_sites = a.example*2\npostscreen_greet_action = drop\n")) == [
          "smtp/inet postscreen: greet answers with drop, no longer with enforce",
          "smtp/inet postscreen: a.example counts 2, no longer 1",
        ])
  }

  @Test func comesAndGoesWithServices() throws {
    let old = Fixture.configuration(Self.main, master: Self.master)
    let new = Fixture.configuration(
      Self.main, master: Self.master.replacing("submission inet", with: "submissions inet"))
    #expect(
      effectiveDifference(from: old.policy(), to: new.policy()) == [
        "submissions/inet: the service is new", "submission/inet: the service is gone",
      ])
  }
}
