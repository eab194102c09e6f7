import Testing

@testable import PostfixConfig

@Suite struct CatalogTests {
  private let current = PostfixVersion(major: 3, minor: 7, patch: 11)

  @Test func everyRowIsReadAndNoNameTwice() {
    #expect(Catalog.restrictions.map(\.name) == Catalog.restrictionRows.map { $0[0] })
    #expect(Catalog.parameters.map(\.name) == Catalog.parameterRows.map { $0[0] })
    #expect(Catalog.restrictions.count > 70)
    #expect(Catalog.parameters.count > 150)
    #expect(Set(Catalog.restrictions.map(\.name)).count == Catalog.restrictions.count)
    #expect(Set(Catalog.parameters.map(\.name)).count == Catalog.parameters.count)
    #expect(Catalog.deadDNSListRows.allSatisfy { $0.count == 2 })
    let settings = Catalog.presets.reduce(0) { $0 + $1.settings.count }
    #expect(settings == Catalog.presetRows.count)
  }

  @Test func staysSmallEnoughToEmbed() {
    let rows = Catalog.restrictionRows + Catalog.parameterRows
    let bytes = rows.joined().reduce(0) { $0 + $1.utf8.count + 1 }
    #expect(bytes < 60_000)
  }

  @Test func everyRestrictionIsExplained() {
    for restriction in Catalog.restrictions {
      let isPermit = restriction.name.hasPrefix("permit") || restriction.name == "warn_if_reject"
      #expect(!restriction.summary.isEmpty, "\(restriction.name)")
      #expect(restriction.mayHurt.isEmpty == isPermit, "\(restriction.name)")
      #expect((restriction.risk == .none) == isPermit, "\(restriction.name)")
      if let current = restriction.replacedBy {
        #expect(Catalog.restriction(named: current) != nil, "\(restriction.name)")
      }
    }
    #expect(Catalog.parameters.allSatisfy { !$0.summary.isEmpty })
  }

  @Test func restrictionNamesIgnoreASCIICaseOnly() throws {
    let found = try #require(Catalog.restriction(named: "Reject_RBL_Client"))
    #expect(found.name == "reject_rbl_client")
    #expect(found.argument == "domain[=pattern]")
    #expect(found.needsDNS)
    // U+212A, the Kelvin sign, lowers to k in Unicode but not in Postfix.
    #expect(Catalog.restriction(named: "reject_un\u{212A}nown_client") == nil)
    #expect(Catalog.restriction(named: "reject_unknown_forward_client_hostname") == nil)
    #expect(Catalog.parameter(named: "mynetworks") != nil)
    #expect(Catalog.parameter(named: "MyNetworks") == nil)
  }

  @Test func kindsCarryTheirBounds() {
    #expect(Catalog.parameter(named: "smtpd_helo_required")?.kind == .bool)
    #expect(Catalog.parameter(named: "smtpd_hard_error_limit")?.kind == .integer(min: 1, max: nil))
    #expect(Catalog.parameter(named: "reject_code")?.kind == .replyCode(min: 400, max: 599))
    #expect(Catalog.parameter(named: "smtpd_timeout")?.kind == .time(min: 1, max: nil))
    #expect(Catalog.parameter(named: "message_size_limit")?.kind == .size)
    #expect(
      Catalog.parameter(named: "mynetworks_style")?.kind == .choice(["host", "subnet", "class"]))
    #expect(Catalog.parameter(named: "inet_interfaces")?.activation == "stop and start")
    #expect(
      Catalog.parameter(named: "smtpd_relay_restrictions")?.introduced
        == PostfixVersion(major: 2, minor: 10))
    for stage in Stage.allCases {
      #expect(Catalog.parameter(named: stage.parameter)?.kind == .restrictionList)
    }
  }

  @Test func malformedRowsAreNotGuessed() {
    #expect(ParameterInfo.Kind(catalogText: "int:1") == nil)
    #expect(ParameterInfo.Kind(catalogText: "int:one:") == nil)
    #expect(ParameterInfo.Kind(catalogText: "number") == nil)
    #expect(
      ParameterInfo(fields: ["x", "bool", "old", "", "reload", "", "", "s", "", "none"]) == nil)
    #expect(ParameterInfo(fields: ["x", "bool", "", "", "never", "", "", "s", "", "none"]) == nil)
    var fields = ["x", "client,moon", "", "", "", "", "", "low", "", "s", ""]
    #expect(RestrictionInfo(fields: fields) == nil)
    fields[1] = "client"
    #expect(RestrictionInfo(fields: fields)?.stages == [.client])
  }

  @Test(arguments: [
    (Stage.client, ["reject_unknown_client_hostname", "reject_unknown_reverse_client_hostname"]),
    (
      .helo,
      [
        "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname",
        "reject_unknown_helo_hostname",
      ]
    ),
    (
      .sender,
      ["reject_non_fqdn_sender", "reject_unknown_sender_domain", "reject_unverified_sender"]
    ),
    (.relay, []),
    (
      .recipient,
      [
        "reject_non_fqdn_recipient", "reject_unknown_recipient_domain",
        "reject_unlisted_recipient",
      ]
    ),
    (.data, ["reject_unauth_pipelining", "reject_multi_recipient_bounce"]),
    (.endOfData, []),
    (.etrn, []),
  ])
  func offersTheStrictOptionsOfAStage(stage: Stage, names: [String]) {
    #expect(Catalog.offered(for: stage, version: current).map(\.name) == names)
  }

  @Test func offersOnlyWhatTheReleaseKnows() throws {
    let old = PostfixVersion(major: 2, minor: 2, patch: 12)
    #expect(Catalog.offered(for: .helo, version: old).isEmpty)
    let obsolete = try #require(Catalog.restriction(named: "reject_maps_rbl"))
    #expect(obsolete.isKnown(to: current))
    #expect(!obsolete.isKnown(to: PostfixVersion(major: 3, minor: 9)))
  }

  @Test func tutorialIsComplete() throws {
    let tutorial = try #require(Catalog.preset(named: "tutorial"))
    #expect(
      tutorial.settings.map(\.parameter) == [
        "message_size_limit", "disable_vrfy_command", "unknown_hostname_reject_code",
        "unknown_address_reject_code", "unverified_sender_reject_code",
        "unverified_recipient_reject_code", "smtpd_helo_required", "mua_client_restrictions",
        "mua_helo_restrictions", "mua_sender_restrictions", "mua_recipient_restrictions",
        "smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions",
        "smtpd_recipient_restrictions",
      ])
    for setting in tutorial.settings {
      #expect(!setting.reason.isEmpty)
      guard setting.parameter.hasPrefix("mua_") else {
        #expect(Catalog.parameter(named: setting.parameter) != nil, "\(setting.parameter)")
        continue
      }
      let names = setting.value.split { $0 == "," || $0 == "\n" }.map(String.init)
      #expect(names.last == "permit")
      #expect(setting.value.first == "\n")
      #expect(names.allSatisfy { Catalog.restriction(named: $0) != nil }, "\(setting.parameter)")
    }
    #expect(
      tutorial.settings[7].value == "\npermit_mynetworks,\npermit_sasl_authenticated,\npermit")
    #expect(Catalog.preset(named: "Tutorial") == nil)
    #expect(Catalog.reason(forParameter: "disable_vrfy_command")?.contains("VRFY") == true)
    #expect(Catalog.reason(forParameter: "mynetworks") == nil)
  }

  @Test func closedDNSListsIncludeTheirZones() {
    #expect(Catalog.deadDNSList("relays.ordb.org") == "2006-12")
    #expect(Catalog.deadDNSList("spam.DNSBL.sorbs.net.") == "2024-06")
    #expect(Catalog.deadDNSList("dnsbl.njabl.org") == "2013-03")
    #expect(Catalog.deadDNSList("zen.spamhaus.org") == nil)
    #expect(Catalog.deadDNSList("sorbs.net") == nil)
    #expect(Catalog.deadDNSList("notdsbl.org") == nil)
    #expect(Catalog.deadDNSList("") == nil)
  }

  @Test func suggestsTheNearestName() {
    #expect(
      Catalog.nearestRestriction(to: "reject_unknown_helo_hostnam")
        == "reject_unknown_helo_hostname")
    #expect(Catalog.nearestRestriction(to: "Permit_MyNetwork") == "permit_mynetworks")
    #expect(
      Catalog.nearestRestriction(to: "reject_invalid_hostnam") == "reject_invalid_helo_hostname")
    #expect(Catalog.nearestRestriction(to: "permit_my_dear_friends") == nil)
    #expect(Catalog.nearestRestriction(to: "x") == nil)
    #expect(Catalog.nearestRestriction(to: "") == nil)
    #expect(Catalog.nearestParameter(to: "smtpd_helo_require") == "smtpd_helo_required")
    #expect(Catalog.nearestParameter(to: "mynetwork") == "mynetworks")
    #expect(Catalog.nearestParameter(to: "queue_directory") == nil)
  }
}
