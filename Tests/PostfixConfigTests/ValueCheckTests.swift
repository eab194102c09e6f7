import Testing

@testable import PostfixConfig

/// Mistakes in values, by check.
@Suite struct ValueCheckTests {
  @Test(arguments: [
    CheckCase("smtpd_helo_required = 1", "bad-boolean", .serverDead, mended: true),
    CheckCase("smtpd_recipient_limit = 5x", "bad-number", .serverDead, mended: true),
    CheckCase("smtpd_recipient_limit = 99999999999", "bad-number", .serverDead, mended: true),
    CheckCase("smtpd_recipient_limit = 0", "out-of-range", .serverDead, mended: true),
    CheckCase("smtpd_timeout = 5 m", "bad-time", .serverDead, mended: true),
    CheckCase("smtpd_timeout = 0", "out-of-range", .serverDead, mended: true),
    CheckCase("smtpd_error_sleep_time = many", "bad-time", .silentlyNotEnforced, mended: true),
    CheckCase("smtpd_error_sleep_time = x", "bad-time", .serverDead, mended: true),
    CheckCase("in_flow_delay = 1m", "out-of-range", .serverDead, mended: true),
    CheckCase("smtpd_tls_security_level = bogus", "bad-choice", .serverDead, mended: true),
    CheckCase("unknown_address_tempfail_action = bogus", "bad-choice", .serverDead, mended: true),
    CheckCase("notify_classes = policy, nonsense", "bad-choice", .serverDead, mended: true),
    CheckCase("smtpd_forbid_bare_newline = note", "bad-choice", .serverDead, mended: true),
    CheckCase("compatibility_level = 3.x", "bad-level", .serverDead, mended: true),
    CheckCase("virtual_alias_maps = hash:/etc/a, /etc/b", "map-without-type", .serverDead),
    CheckCase("relay_clientcerts = /etc/certs", "map-without-type", .serverDead),
    CheckCase("smtpd_command_filter = bogus", "map-without-type", .serverDead),
    CheckCase("smtpd_dns_reply_filter = bogus", "map-without-type", .serverDead),
    CheckCase("smtpd_banner =", "empty-value", .serverDead, mended: true),
    CheckCase("smtputf8_enable = maybe", "bad-boolean", .serverDead, mended: true),
    CheckCase("ipc_timeout = 5x", "bad-time", .serverDead, mended: true),
    CheckCase("lmdb_map_size = big", "bad-number", .serverDead, mended: true),
    CheckCase(
      "", "bad-choice", .serverDead, mended: true,
      master: "smtp inet n - y - - smtpd -o smtpd_forbid_bare_newline=note\n"),
    CheckCase(
      "unknown_client_reject_code = 999", "bad-reply-code", .everyoneDeferred, mended: true),
    CheckCase(
      "unverified_sender_reject_code = 600", "bad-reply-code", .serverDead, mended: true),
    CheckCase(
      "", "out-of-range", .serverDead, mended: true,
      master: "smtp inet n - y - - smtpd -o smtpd_timeout=soon\n"),
    CheckCase(
      "", "bad-time", .serverDead, mended: true,
      master: "smtp inet n - y - - smtpd -o smtpd_timeout=x\n"),
    CheckCase(
      "", "bad-boolean", .serverDead, mended: true,
      master: "smtp inet n - y - - smtpd\n  -o { smtpd_helo_required = maybe }\n"),
  ]) func kinds(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    "smtpd_timeout = 10sfoo", "smtpd_hard_error_limit = ${stress?{1}:{20}}", "smtpd_timeout = 1w",
    "unverified_sender_reject_code = 550", "notify_classes =", "smtpd_tls_security_level =",
    "smtpd_helo_required = YES", "in_flow_delay = 10s",
    "message_size_limit = 99999999999",
  ]) func goodValuesPass(text: String) {
    let findings = Fixture.configuration(CheckCase.sound + text + "\n").findings()
    #expect(findings.allSatisfy { $0.severity != .error }, "\(findings)")
  }

  /// The words of a choice came with releases, and some with the security fixes of older ones.
  @Test(arguments: [
    ("3.5.23", false, ["no", "yes"]), ("3.7.9", false, ["no", "yes"]),
    ("3.7.11", true, ["no", "yes", "normalize", "reject"]),
    ("3.9.0", true, ["no", "yes", "normalize", "reject", "note"]),
    ("3.11.2", true, ["no", "yes", "normalize", "reject", "note"]),
  ]) func wordsOfARelease(version: String, hasCode: Bool, words: [String]) throws {
    var environment = Fixture.environment
    environment.version = try #require(PostfixVersion(version))
    if hasCode { environment.defaults["smtpd_forbid_bare_newline_reject_code"] = "550" }
    let info = try #require(Catalog.parameter(named: "smtpd_forbid_bare_newline"))
    #expect(info.kind(in: environment) == .choice(words))
  }

  @Test(arguments: [
    ("3.5.10", "3.6", false), ("3.5.10", "2", true), ("3.5.11", "3.6", true),
    ("3.5.25", "3.x", true),
    ("3.5.25", "3..6", true), ("3.5.25", ".6", false), ("3.5.25", "3x", false),
    ("3.5.25", "3,6", false), ("3.5.25", "-1", false), ("3.5.25", "", false),
    ("3.5.25", "99999999999", false), ("3.5.25", "99999999999.1", true), ("3.6.0", "3.6", true),
    ("3.6.0", "3.x", false),
  ])
  func levelsOfARelease(version: String, level: String, isGood: Bool) throws {
    var environment = Fixture.environment
    environment.version = try #require(PostfixVersion(version))
    let info = try #require(Catalog.parameter(named: "compatibility_level"))
    #expect((info.kind(in: environment).fault(in: level) == nil) == isGood)
  }

  @Test(arguments: [
    CheckCase("access_map_reject_code = 450", "code-temporary", .style, mended: true),
    CheckCase("unknown_client_reject_code = 550", "code-permanent", .style, mended: true),
    CheckCase(
      "unverified_sender_reject_code = 250", "code-accepts", .silentlyNotEnforced, mended: true),
    CheckCase("soft_bounce = yes", "soft-bounce", .silentlyNotEnforced, mended: true),
    CheckCase(
      "", "code-temporary", .style, mended: true,
      master: "smtp inet n - y - - smtpd -o reject_code=450\n"),
  ]) func replyCodes(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    CheckCase("mynetworks = 127.0.0.0/8 0.0.0.0/0", "open-network", .openToStrangers, mended: true),
    CheckCase("mynetworks = 127.0.0.0/8, [::]/0", "open-network", .openToStrangers, mended: true),
    CheckCase(
      "mynetworks = 0.0.0.0/1, 128.0.0.0/1", "open-network", .openToStrangers, mended: true),
    CheckCase("mynetworks = static:all", "open-network", .openToStrangers, mended: true),
    CheckCase("mynetworks = 2.0.0.0/7", "open-network", .openToStrangers, mended: true),
    CheckCase("mynetworks = [2000::]/3", "open-network", .openToStrangers, mended: true),
    CheckCase(
      "smtpd_authorized_xclient_hosts = 0.0.0.0/0", "open-network", .openToStrangers, mended: true),
    CheckCase("mynetworks = 8.0.0.0/8", "wide-network", .silentlyNotEnforced),
    CheckCase("mynetworks = 10.1.2.3/8", "malformed-network", .everyoneDeferred, mended: true),
    CheckCase(
      "mynetworks =\n  127.0.0.0/8\n  10.0.0.0/33", "malformed-network", .everyoneDeferred, line: 3),
    CheckCase("mynetworks = 2001:db8::/32", "malformed-network", .everyoneDeferred, mended: true),
    CheckCase("mynetworks = [2001:db8::/32", "malformed-network", .everyoneDeferred),
    CheckCase("mynetworks = 127.0.0.0/8 # me", "inline-comment", .silentlyNotEnforced),
    CheckCase(
      "", "open-network", .openToStrangers,
      master: "smtp inet n - y - - smtpd -o mynetworks=0.0.0.0/0\n"),
  ]) func networks(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    "mynetworks = 127.0.0.0/8, 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10",
    "mynetworks = 192.0.2.0/24, [2001:db8::]/32, [::1]/128, [fe80::]/10, [fc00::]/7, [::ffff:127.0.0.0]/104",
    "mynetworks = !0.0.0.0/0, 192.0.2.1, mx.example.org, .example.org, cidr:/x, /etc/networks",
    "mynetworks = [2001:db8::1], [2001:db8::/32]",
  ]) func ownNetworksPass(text: String) {
    let codes = Fixture.configuration(CheckCase.sound + text + "\n").codes()
    #expect(codes.isDisjoint(with: ["open-network", "wide-network", "malformed-network"]))
  }

  @Test(arguments: [
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client dsbl.org", "dead-dns-list",
      .silentlyNotEnforced, mended: true),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client list.dnswl.org",
      "allow-list-rejects", .hurtsOwnUsers, mended: true),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, permit_dnswl_client zen.spamhaus.org",
      "block-list-permits", .silentlyNotEnforced, mended: true),
    CheckCase(
      "smtpd_client_restrictions = permit_mynetworks, permit_dnswl_client list.dnswl.org",
      "unfiltered-allow-list", .style),
  ]) func dnsLists(_ mistake: CheckCase) throws { try mistake.verify() }

  private static let screened = "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n"

  @Test(arguments: [
    CheckCase(
      "postscreen_dnsbl_sites = zen.spamhaus.org*3 dnsbl.sorbs.net", "dead-dns-list",
      .silentlyNotEnforced, master: screened),
    CheckCase(
      "postscreen_dnsbl_sites = list.dnswl.org=127.0.[0..255].0*2", "allow-list-rejects",
      .hurtsOwnUsers, master: screened),
    CheckCase(
      "postscreen_dnsbl_sites = zen.spamhaus.org*-1", "block-list-permits", .silentlyNotEnforced,
      master: screened),
    CheckCase(
      "postscreen_dnsbl_sites = zen.spamhaus.org=127.0.0.[2..11*3", "bad-argument", .serverDead,
      master: screened),
    CheckCase(
      "postscreen_dnsbl_sites = zen.spamhaus.org*many", "bad-argument", .serverDead,
      master: screened),
  ]) func postscreenLists(_ mistake: CheckCase) throws { try mistake.verify() }

  @Test(arguments: [
    ("a.example", nil), ("a.example=127.0.0.2", nil), ("a.example=127.0.[0..255].[1;3;5..7]", nil),
    ("a.example=127.0.0", "four numbers"), ("a.example=127.0.0.[2", "brackets"),
    ("a.example=127.0.0.300", "four numbers"), ("a.example=127.0.0.[4..2]", "four numbers"),
    ("a.example=127.0.[0.0]", "four numbers"),
  ]) func filtersReadAsPostfixReadsThem(text: String, fault: String?) {
    let found = DNSListEntry(text).filterFault
    #expect(
      (found == nil) == (fault == nil) && found?.contains(fault ?? "") != false, "\(found ?? "")")
  }
}
