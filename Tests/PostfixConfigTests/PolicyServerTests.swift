import Testing

@testable import PostfixConfig

/// Policy servers: how their names are read, and what is said of one that is not there.
@Suite struct PolicyServerTests {
  @Test(arguments: [
    ("inet:127.0.0.1:10023", PolicyServer.Address.inet(host: "127.0.0.1", port: "10023")),
    ("inet:[::1]:99", .inet(host: "::1", port: "99")),
    ("unix:private/policy", .unix(path: "private/policy")),
    (
      "{ inet:localhost:10040, timeout=10s, default_action=DUNNO }",
      .inet(host: "localhost", port: "10040")
    ),
    ("{unix:/run/policy}", .unix(path: "/run/policy")),
  ])
  func readsTheServer(_ argument: String, _ address: PolicyServer.Address) {
    #expect(PolicyServer(argument: argument) == PolicyServer(address: address))
  }

  @Test(arguments: ["greylist", "inet:10023", "tcp:127.0.0.1:1", "{ }", "", "{"])
  func readsNoServer(_ argument: String) { #expect(PolicyServer(argument: argument) == nil) }

  @Test(arguments: [
    ("{ inet:a:1, default_action=DUNNO }", "DUNNO"),
    ("{ inet:a:1 { default_action = defer_if_permit later } }", "defer_if_permit later"),
    (
      "{ inet:a:1, { default_action = 450 4.7.1 wait a little }, timeout=1s }",
      "450 4.7.1 wait a little"
    ),
    ("{ inet:a:1, timeout=1s }", nil), ("inet:a:1", nil),
  ])
  func readsAnAttribute(_ argument: String, _ value: String?) {
    #expect(PolicyServer.attribute("default_action", in: argument) == value)
  }

  @Test(arguments: [
    ("greylist", true), ("tcp:127.0.0.1:1", true), ("inet:127.0.0.1:1", false),
    ("{ inet:127.0.0.1:1, default_action = DUNNO }", true),
    ("{ inet:127.0.0.1:1, default_acton=DUNNO }", true),
    ("{ inet:127.0.0.1:1, default_action=450 4.7.1 later }", true),
    ("{ inet:127.0.0.1:1, { default_action = 450 4.7.1 later } }", false),
    ("{ unix:private/p default_action=DUNNO timeout=1s }", false),
  ])
  func knowsWhatStopsSmtpd(_ argument: String, _ stops: Bool) {
    #expect((PolicyServer.fault(in: argument) != nil) == stops)
  }

  private static let master = """
    smtp inet n - y - - smtpd
    10031 inet n n n - 0 spawn user=nobody argv=/bin/policy
    spf unix - n n - 0 spawn user=nobody argv=/bin/spf

    """

  private func configuration(_ check: String, _ settings: String = "") -> Configuration {
    Fixture.configuration(
      CheckCase.sound + "smtpd_recipient_restrictions = permit_mynetworks, \(check)\n" + settings,
      master: Self.master)
  }

  @Test func namesEachServerOnceAndNoneThatPostfixStarts() {
    let present = configuration(
      "check_policy_service unix:private/spf, check_policy_service inet:127.0.0.1:10031, "
        + "check_policy_service inet:127.0.0.1:7, warn_if_reject check_policy_service unix:/run/p")
    #expect(
      present.policyServers() == [
        PolicyServer(address: .inet(host: "127.0.0.1", port: "7")),
        PolicyServer(address: .unix(path: "/run/p"), isChrooted: true),
      ])
  }

  @Test(arguments: [
    ("check_policy_service inet:127.0.0.1:7", "", FindingClass.everyoneDeferred),
    ("warn_if_reject check_policy_service inet:127.0.0.1:7", "", .silentlyNotEnforced),
    ("check_policy_service { inet:127.0.0.1:7, default_action=DUNNO }", "", .silentlyNotEnforced),
    (
      "check_policy_service inet:127.0.0.1:7", "smtpd_policy_service_default_action = DUNNO\n",
      .silentlyNotEnforced
    ),
    (
      "check_policy_service { inet:127.0.0.1:7, { default_action = defer_if_permit later } }",
      "smtpd_policy_service_default_action = DUNNO\n", .everyoneDeferred
    ),
  ])
  func saysWhatItsAbsenceDoes(_ check: String, _ settings: String, _ kind: FindingClass) throws {
    let server = PolicyServer(address: .inet(host: "127.0.0.1", port: "7"))
    let present = configuration(check, settings)
    #expect(present.policyServers() == [server])
    for status in [PolicyServerStatus.listening, .unknown] {
      #expect(
        !present.findings(policyServers: [server: status]).contains {
          $0.code == "policy-server-down"
        })
    }
    let found = present.findings(policyServers: [server: .absent]).filter {
      $0.code == "policy-server-down"
    }
    #expect(found.map(\.findingClass) == [kind])
    let finding = try #require(found.first)
    #expect(
      finding.location == SourceLocation(file: .main, line: 2, column: finding.location.column))
    let mended = try present.applying(finding.fix)
    #expect(
      !mended.findings(policyServers: [server: .absent]).contains {
        $0.code == "policy-server-down"
      })
  }
}
