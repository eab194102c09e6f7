import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct PreflightTests {
  /// Judges main.cf with `old` replaced by `new` against the unchanged one.
  private func judge(
    _ old: String, _ new: String, submission: String = "", protocols: String? = nil,
    networks: String? = nil
  ) throws -> PreflightReport {
    let scratch = try ScratchInstance(start: false, submission: submission)
    if let protocols {
      try scratch.write(
        "main.cf",
        try scratch.mainText.replacing("protocols = ipv4", with: "protocols = \(protocols)"))
    }
    if let networks {
      try scratch.write(
        "main.cf",
        try scratch.mainText.replacing("127.0.0.0/8, 10.0.0.0/8", with: networks))
    }
    let base = try scratch.instance.loadConfiguration().configuration
    var candidate = base
    let text = try scratch.mainText
    #expect(old.isEmpty || text.contains(old))
    let changed = old.isEmpty ? text + new + "\n" : text.replacing(old, with: new)
    candidate.main = MainCF(Array(changed.utf8))
    let staging = try scratch.state.subdirectory("staging")
    let preflight = Preflight(
      instance: scratch.instance, layout: try scratch.instance.layout(), stagingDirectory: staging)
    let report = preflight.askPostfix(candidate: candidate, base: base)
    #expect(try directoryEntries(staging) == [])
    return report
  }

  @Test func anUnchangedConfigurationPasses() throws {
    let report = try judge("", "# nothing")
    #expect(report.problems == [], "\(report)")
    print("a pre-flight took \(report.seconds) s")
  }

  @Test(arguments: [
    ("reject_unauth_destination,", ""),
    ("", "smtpd_error_sleep_time = 5x"),
    ("", "smtpd_client_connection_count_limit = many"),
    ("smtpd_helo_required = yes", "smtpd_helo_required = maybe"),
    ("", "smtpd_tls_security_level = bogus"),
    ("", "smtpd_restriction_classes = nowhere"),
    ("", "smtpd_banner = ${myhostname"),
    ("", "a = $b\nb = $a\nsmtpd_banner = $a"),
    ("", "just some words"),
    ("", "smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1\nsmtpd_data_restrictions = c1"),
  ])
  func findsEveryFatal(_ edit: (old: String, new: String)) throws {
    let report = try judge(edit.old, edit.new)
    #expect(report.problems.contains { $0.problemClass == .serverDead }, "\(edit) \(report)")
  }

  @Test(arguments: [
    ("reject_invalid_helo_hostname,", "reject_invalid_helo_hostnam,"),
    ("reject_non_fqdn_recipient,", "reject_unauth_destination, check_recipient_access hash:/none,"),
    ("permit_mynetworks,", "permit_mynetworks, # our own"),
    ("reject_non_fqdn_sender,", "reject_non_fqdn_sender, check_sender_access nosuch:/x,"),
    ("", "smtpd_data_restrictions = reject_bogus"),
    ("127.0.0.0/8, 10.0.0.0/8", "127.0.0.0/8, 10.1.2.3/8"),
  ])
  func findsWhatWouldDeferEverybody(_ edit: (old: String, new: String)) throws {
    let report = try judge(edit.old, edit.new)
    #expect(report.problems.contains { $0.problemClass == .everyoneDeferred }, "\(edit) \(report)")
  }

  @Test func findsAnOpenRelay() throws {
    let report = try judge(
      "reject_unauth_destination,", "check_client_access static:OK, reject_unauth_destination,")
    #expect(report.problems.contains { $0.problemClass == .openToStrangers }, "\(report)")
  }

  /// Where every client of IPv6 may relay and none of IPv4, only a stranger of IPv6 shows it.
  @Test(
    .enabled(
      if: access("/proc/net/if_inet6", R_OK) == 0, "SKIPPED: this machine has no IPv6"),
    arguments: [
      ("127.0.0.0/8, 10.0.0.0/8", "127.0.0.0/8, 10.0.0.0/8, [::]/0"),
      ("reject_unauth_destination,", "check_client_access inline:{ {2001:db8=OK} },"),
    ])
  func findsAnOpenRelayForIPv6Only(_ edit: (old: String, new: String)) throws {
    let new =
      edit.new.hasPrefix("check") ? edit.new + "\n    reject_unauth_destination," : edit.new
    for protocols in ["all", "ipv6, ipv4"] {
      let report = try judge(edit.old, new, protocols: protocols)
      let open = report.problems.filter { $0.problemClass == .openToStrangers }
      #expect(open.count == 1 && report.problems.count == 1, "\(edit) \(report)")
      #expect(open.allSatisfy { $0.message.contains("2001:db8:") }, "\(open)")
    }
    // Nobody comes by IPv6 where Postfix does not speak it: that is no relay, and no reason for words.
    let spoken = try judge(edit.old, new, protocols: "ipv4")
    #expect(spoken.problems == [] && spoken.notJudged == [], "\(spoken)")
    #expect(spoken.postfixWords == [], "\(spoken)")
  }

  /// What is open already is told apart from what the draft opens.
  @Test(
    .enabled(
      if: access("/proc/net/if_inet6", R_OK) == 0, "SKIPPED: this machine has no IPv6"))
  func aRelayForIPv4DoesNotHideOneForIPv6() throws {
    let report = try judge(
      "127.0.0.0/8, 10.0.0.0/8, 198.51.100.0/24",
      "127.0.0.0/8, 10.0.0.0/8, 198.51.100.0/24, [::]/0", protocols: "all",
      networks: "127.0.0.0/8, 10.0.0.0/8, 198.51.100.0/24")
    #expect(report.problems.map(\.problemClass) == [.openToStrangers], "\(report)")
    #expect(report.problems.allSatisfy { $0.message.contains("2001:db8:") }, "\(report)")
  }

  @Test func findsThatOwnUsersWouldBeRefused() throws {
    let sasl = """

        -o smtpd_sasl_auth_enable=yes
      """
    let report = try judge(
      """
          permit_mynetworks,
          permit_sasl_authenticated,
          reject_unauth_destination,
      """, "    reject_unauth_destination,", submission: sasl)
    let hurt = report.problems.filter { $0.problemClass == .hurtsOwnUsers }
    #expect(hurt.contains { $0.message.contains("mynetworks") }, "\(report)")
    #expect(hurt.contains { $0.message.contains("signed-in") }, "\(report)")
  }

  /// Own networks of IPv6 have to go on working as well; loopback and link-local ones say nothing of them.
  @Test(
    .enabled(
      if: access("/proc/net/if_inet6", R_OK) == 0, "SKIPPED: this machine has no IPv6"))
  func findsThatOwnUsersOfIPv6WouldBeRefused() throws {
    let networks = "127.0.0.0/8, 10.0.0.0/8, [::1]/128, [fe80::]/64, [2001:db8:1::]/48"
    let without = "127.0.0.0/8, 10.0.0.0/8, [::1]/128, [fe80::]/64"
    let report = try judge(networks, without, protocols: "all", networks: networks)
    #expect(report.problems.map(\.problemClass) == [.hurtsOwnUsers], "\(report)")
    #expect(report.problems.allSatisfy { $0.message.contains("2001:db8:1::") }, "\(report)")
    // Who speaks IPv6 no more is not asked.
    let spoken = try judge(
      "protocols = all", "protocols = ipv4", protocols: "all", networks: networks)
    #expect(spoken.problems == [] && spoken.notJudged == [], "\(spoken)")
  }

  @Test func asksNoMilterAndSaysSo() throws {
    for settings in [
      "smtpd_milters = inet:127.0.0.1:1", "smtpd_milter_maps = static:inet:127.0.0.1:1",
    ] {
      let report = try judge("", settings)
      #expect(report.problems == [], "\(settings): \(report)")
      #expect(report.notJudged.contains { $0.contains("milters") }, "\(settings)")
      #expect(!report.postfixWords.contains { $0.contains("milter") }, "\(report.postfixWords)")
    }
  }

  @Test func asksNoPolicyServiceAndSaysSo() throws {
    let report = try judge(
      "reject_non_fqdn_recipient,",
      "check_policy_service inet:127.0.0.1:1, reject_unverified_sender,"
    )
    #expect(report.problems == [], "\(report)")
    #expect(report.notJudged.contains { $0.contains("check_policy_service inet:127.0.0.1:1") })
    #expect(report.notJudged.contains { $0.contains("reject_unverified_sender") })
  }

  /// What the live instance keeps in files of its own is not touched by a second one.
  @Test func hasNoCacheOfTheLiveInstance() throws {
    let scratch = try ScratchInstance(
      "smtp_tls_session_cache_database = btree:$data_directory/smtp_scache\n"
        + "address_verify_map = btree:$data_directory/verify_cache\n", start: false)
    let base = try scratch.instance.loadConfiguration().configuration
    let staging = try scratch.state.stagingDirectory()
    let shadow = try PrivateInstance(
      base, of: scratch.instance, layout: try scratch.instance.layout(), below: staging)
    defer { shadow.stop() }
    let name = try #require(try directoryEntries(staging).first)
    let values = try Postconf().values(
      of: [
        "smtp_tls_session_cache_database", "smtpd_tls_session_cache_database",
        "lmtp_tls_session_cache_database", "address_verify_map", "tls_random_exchange_file",
      ], in: "\(staging)/\(name)/config")
    #expect(values.values.allSatisfy { !$0.contains(scratch.root + "/data") }, "\(values)")
    #expect(values["smtp_tls_session_cache_database"] == "")
  }

  @Test func endsAndRemovesWhatAKilledPostgateLeft() throws {
    let scratch = try ScratchInstance(start: false)
    let base = try scratch.instance.loadConfiguration().configuration
    let layout = try scratch.instance.layout()
    let staging = try scratch.state.stagingDirectory()
    func start() throws -> PrivateInstance {
      try PrivateInstance(base, of: scratch.instance, layout: layout, below: staging)
    }
    let orphan = try start()
    let name = try #require(try directoryEntries(staging).first)
    let running = try #require(Instance.running(queueDirectory: "\(staging)/\(name)/queue"))
    // A mark that nobody has locked is what the end of its postgate leaves.
    let mark = "\(staging)/\(name)/mark"
    #expect(unlink(mark) == 0)
    try writeNewFile(mark, [])
    let next = try start()
    #expect(try directoryEntries(staging).count == 1)
    orphan.stop()
    #expect(processName(running.pid) == nil)
    next.stop()
    #expect(try directoryEntries(staging) == [])
  }
}
