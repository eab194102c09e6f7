import Testing

@testable import PostfixConfig

@Suite struct PolicyTests {
  @Test func followsIndirectionToTheOriginAndNamesItsUsers() throws {
    let configuration = Fixture.configuration(Fixture.tutorial)
    let list = try #require(configuration.list(.helo))
    #expect(list.originParameter == "mua_helo_restrictions")
    #expect(
      list.restrictions.map(\.name) == [
        "permit_mynetworks", "permit_sasl_authenticated", "reject_invalid_helo_hostname",
        "reject_non_fqdn_helo_hostname", "permit",
      ])
    let third = list.restrictions[2]
    #expect(third.origin.location == SourceLocation(file: .main, line: 7, column: 5))
    #expect(third.origin.usedBy == ["smtpd_helo_restrictions of submission/inet"])
    #expect(list.restrictions.allSatisfy { $0.isReachable })
  }

  @Test func showsDefaultsAndOverrides() throws {
    let configuration = Fixture.configuration(Fixture.tutorial)
    let relay = try #require(configuration.list(.relay))
    #expect(relay.isDefault)
    #expect(relay.restrictions.last?.name == "defer_unauth_destination")
    let client = try #require(configuration.list(.client, of: "submission/inet"))
    #expect(client.override == ServiceID("submission"))
    #expect(client.restrictions.map(\.name) == ["permit_sasl_authenticated", "reject"])
    #expect(client.restrictions[1].origin.location.file == .master)
    #expect(configuration.policy().services.map(\.tag) == ["postfix", "postfix/submission"])
  }

  @Test func readsClassesBareTablesFragmentsAndSwitchedOffLines() throws {
    let configuration = Fixture.configuration(
      """
      smtpd_restriction_classes = greylisting
      greylisting = check_policy_service inet:127.0.0.1:10023
      podop = socketmap:unix:/tmp/p:
      rate = check_sasl_access ${podop}senderrate
      smtpd_recipient_restrictions = permit_mynetworks
         check_recipient_access
           hash:/one
           hash:/two
         # reject_rbl_client zen.example,
         # reject spam please
         warn_if_reject reject_unknown_recipient_domain
         $rate, greylisting, permit, reject_unauth_destination

      """)
    let list = try #require(configuration.list(.recipient)).restrictions
    #expect(
      list.map { "\($0.name) \($0.argument ?? "-") \($0.state)" } == [
        "permit_mynetworks - on", "check_recipient_access hash:/one on",
        "check_recipient_access hash:/two on", "reject_rbl_client zen.example off",
        "reject_unknown_recipient_domain - trial",
        "check_sasl_access socketmap:unix:/tmp/p:senderrate on", "greylisting - on",
        "check_policy_service inet:127.0.0.1:10023 on", "permit - on",
        "reject_unauth_destination - on",
      ])
    #expect(list[5].target.parameter == "rate")
    #expect(list[5].target.argument == "${podop}senderrate")
    #expect(list[7].classes == ["greylisting"])
    #expect(list[9].unreachableReason?.hasPrefix("after permit in line") == true)
  }

  @Test func expandsAsPostfixDoes() {
    let configuration = Fixture.configuration(
      """
      empty =
      a = $empty
      b = 1
      t1 = [${a?yes}]
      t2 = [${{ x } == {x} ? { y } : {n}}]
      t3 = [${{x}=={x}}]
      t6 = [${undefd?{x}:y z}]
      t7 = [${{$a} == {}?t:f}]
      t9 = [$$x]
      u1 = [${{10} > {9}?{bigger}:{smaller}}]
      u2 = [${{3.10} >=level {3.9} ? {yes}}]
      u5 = [${b ? x}]
      loop = $pool
      pool = $loop

      """)
    let expected = [
      "t1": "[yes]", "t2": "[n]", "t3": "[true]", "t6": "[y z]", "t7": "[t:f]", "t9": "[$x]",
      "u1": "[bigger]", "u2": "[yes]", "u5": "[ x]",
    ]
    for (name, value) in expected { #expect(configuration.value(of: name) == value, "\(name)") }
    #expect(configuration.value(of: "loop") == nil)
    #expect(configuration.codes().contains("cannot-expand"))
  }

  @Test func anOldPostfixDiesOfComparedLevels() {
    let text = "u = ${{3.10} >=level {3.9} ? {yes}}\n"
    for (minor, isRefused) in [(5, true), (6, false)] {
      var configuration = Fixture.configuration(text)
      configuration.environment.version = PostfixVersion(major: 3, minor: minor)
      #expect(configuration.codes().contains("cannot-expand") == isRefused)
    }
  }

  @Test func tellsWhetherDNSListsSpeakInWordsOfTheirOwn() {
    let master = Fixture.master + "  -o rbl_reply_maps=hash:/x\n"
    for (main, wanted) in [
      ("default_rbl_reply = $rbl_code no\n", [true, true]), ("rbl_reply_maps =\n", [false, true]),
      ("", [false, true]),
    ] {
      let policy = Fixture.configuration(main, master: master).policy()
      #expect(policy.services.map(\.customizesDNSListReplies) == wanted)
    }
  }

  @Test func showsPostscreenInFrontOfTheServiceItScreens() throws {
    let master = """
      smtp inet n - y - 1 postscreen
        -o postscreen_greet_action=drop
      smtpd pass - - y - - smtpd
      submission inet n - y - - smtpd

      """
    var configuration = Fixture.configuration(
      """
      postscreen_dnsbl_sites = zen.spamhaus.org=127.0.0.[2..11]*3, list.dnswl.org*-2 other.example
      postscreen_dnsbl_threshold = 3
      postscreen_dnsbl_action = enforce
      postscreen_pipelining_enable = yes

      """, master: master)
    let defaults = [
      "postscreen_access_list": "permit_mynetworks", "postscreen_denylist_action": "ignore",
      "postscreen_pipelining_action": "enforce", "postscreen_non_smtp_command_enable": "no",
      "postscreen_non_smtp_command_action": "drop", "postscreen_bare_newline_enable": "no",
      "smtpd_service_name": "smtpd",
    ]
    configuration.environment.defaults.merge(defaults) { $1 }
    let services = configuration.policy().services
    #expect(services.map { $0.postscreen == nil } == [false, true])
    let screen = try #require(services.first?.postscreen)
    #expect(screen.service == ServiceID("smtp") && screen.accessList == ["permit_mynetworks"])
    #expect(screen.sites.map(\.weight) == [3, -2, 1] && screen.threshold == 3)
    #expect(
      screen.tests.map { "\($0.name) \($0.state) \($0.action)" } == [
        "deny_list trial ignore", "greet on drop", "dnsbl on enforce", "pipelining on enforce",
        "non_smtp_command off drop", "bare_newline off ",
      ])
    #expect(screen.tests[1].location == SourceLocation(file: .master, line: 2, column: 3))
    #expect(screen.tests[2].location == SourceLocation(file: .main, line: 3))
    #expect(screen.tests[0].location.line == 0)
    configuration.main = MainCF(Array("smtpd_service_name = elsewhere\n".utf8))
    #expect(configuration.policy().services.allSatisfy { $0.postscreen == nil })
  }

  @Test func readsOverridesHoweverTheyAreSpelt() {
    let bytes =
      Array("smtp inet n - y - - smtpd -v\u{e9} -vo a=1 -ob=2 -o{ c = 3 4 } -".utf8) + [0xff, 0xff]
      + Array("o d=5 {-o e=6} -o f=7\n".utf8)
    let overrides = MasterCF(bytes).entries.flatMap(\.overrides)
    #expect(overrides.map { "\($0.name)=\($0.value)" } == ["a=1", "b=2", "c=3 4", "d=5"])
    #expect(
      overrides.allSatisfy { String(decoding: bytes[$0.valueRange], as: UTF8.self) == $0.value })
  }
}
