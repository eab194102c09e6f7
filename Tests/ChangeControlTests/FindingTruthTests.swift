import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// What the checks say of a mistake is what the real Postfix then does.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"))
struct FindingTruthTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var code: String
    var text: String
    var dialogue = Dialogue()
    var master = ""
    /// The first release in which it is none.
    var before: PostfixVersion?
    /// The first release in which it is one.
    var since: PostfixVersion?
    var testDescription: String { "\(code): \(text)\(master)" }

    init(
      _ code: String, _ text: String, _ dialogue: Dialogue = Dialogue(), master: String = "",
      before: PostfixVersion? = nil, since: PostfixVersion? = nil
    ) {
      self.code = code
      self.text = text
      self.dialogue = dialogue
      self.master = master
      self.before = before
      self.since = since
    }

    /// False, said in the record of the tests, where the installed release takes it.
    func isOne(on scratch: ScratchInstance) throws -> Bool {
      let version = try scratch.instance.loadConfiguration().configuration.environment.version
      let isOne = before.map { version < $0 } != false && since.map { version >= $0 } != false
      if isOne { return true }
      print("SKIPPED: \(version) takes \(text)")
      return false
    }
  }

  /// Sound; every connection gets a smtpd of its own, which reads the file anew.
  private static let sound = """
    max_use = 1
    smtpd_error_sleep_time = 0
    smtpd_helo_required = yes
    smtpd_authorized_xclient_hosts = static:all
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

    """

  private static let postfix39 = PostfixVersion(major: 3, minor: 9)
  private static let postfix311 = PostfixVersion(major: 3, minor: 11)
  private static let proxied =
    "proxy_read_maps =\nsmtpd_client_restrictions = check_client_access proxy:unix:passwd.byname"

  // MARK: server dead

  static let dead = [
    Mistake("no-relay-protection", "smtpd_relay_restrictions = permit_mynetworks"),
    Mistake(
      "no-relay-protection",
      "smtpd_relay_restrictions = warn_if_reject reject_unauth_destination, permit_mynetworks"),
    Mistake("no-relay-protection", "smtpd_relay_restrictions = permit, reject_unauth_destination"),
    Mistake("bad-time", "smtpd_timeout = 5x"),
    Mistake("bad-number", "smtpd_client_connection_count_limit = many"),
    Mistake("out-of-range", "smtpd_recipient_limit = 0"),
    Mistake("bad-boolean", "smtpd_helo_required = 1"),
    Mistake("bad-choice", "smtpd_tls_security_level = bogus"),
    Mistake("bad-choice", "unknown_address_tempfail_action = bogus"),
    Mistake("bad-choice", "smtpd_forbid_bare_newline = note", before: postfix39),
    Mistake("map-without-type", "virtual_alias_maps = /etc/hosts"),
    Mistake("bad-boolean", "smtputf8_enable = maybe"),
    Mistake(
      "bad-level", "compatibility_level = 3.x", since: PostfixVersion(major: 3, minor: 6)),
    Mistake("empty-value", "smtpd_banner ="),
    Mistake("cannot-expand", "smtpd_banner = ${myhostname"),
    Mistake("cannot-expand", "a = $b\nb = $a\nsmtpd_banner = $a"),
    Mistake("line-without-equals", "just some words"),
    Mistake("undefined-class", "smtpd_restriction_classes = nowhere"),
    Mistake(
      "class-loop",
      "smtpd_restriction_classes = c1, c2\nc1 = c2\nc2 = c1\nsmtpd_recipient_restrictions = c1"),
    Mistake("proxy-not-allowed", proxied, before: postfix311),
    Mistake("bad-argument", "smtpd_client_restrictions = check_policy_service localhost"),
    Mistake("bad-argument", "smtpd_client_restrictions = check_policy_service tcp:127.0.0.1:1"),
    Mistake(
      "bad-argument",
      "smtpd_client_restrictions = check_policy_service { inet:127.0.0.1:1, default_action = DUNNO }"
    ),
    Mistake("bad-boolean", "", master: " -o smtputf8_enable=maybe"),
    Mistake("out-of-range", "", master: " -o smtpd_timeout=soon"),
    Mistake("bad-time", "", master: " -o smtpd_timeout=1x"),
  ]

  @Test(arguments: dead) func killsTheServer(_ mistake: Mistake) throws {
    let scratch = try ScratchInstance(Self.sound)
    guard try mistake.isOne(on: scratch) else { return }
    #expect(try ask(scratch) != nil)
    try spoil(scratch, with: mistake, .serverDead)
    #expect(try ask(scratch, within: 1.2) == nil, "\(scratch.logText)")
  }

  // MARK: everyone deferred

  static let deferring = [
    Mistake("unknown-restriction", "smtpd_sender_restrictions = reject_unknown_sender_domian"),
    Mistake("inline-comment", "smtpd_sender_restrictions = reject_non_fqdn_sender, # note"),
    Mistake("map-without-type", "smtpd_client_restrictions = check_client_access /etc/hosts"),
    Mistake("unknown-table-type", "smtpd_client_restrictions = check_client_access hsah:/etc/x"),
    Mistake("missing-table", "smtpd_client_restrictions = check_client_access hash:/none/at/all"),
    Mistake("missing-table", "smtpd_client_restrictions = check_client_access texthash:/none"),
    Mistake("missing-index", "smtpd_client_restrictions = hash:/etc/hosts"),
    Mistake("missing-table", "virtual_alias_maps = texthash:/none"),
    Mistake("malformed-network", "mynetworks = 127.0.0.0/8, 10.1.2.3/8"),
    Mistake("malformed-network", "mynetworks = 2001:db8::/32"),
    Mistake("missing-argument", "smtpd_client_restrictions = check_policy_service"),
    Mistake(
      "policy-server-down",
      "smtpd_policy_service_try_limit = 1\nsmtpd_client_restrictions = check_policy_service inet:127.0.0.1:1"
    ),
    Mistake(
      "policy-server-down",
      "smtpd_policy_service_try_limit = 1\nsmtpd_client_restrictions = check_policy_service unix:private/nobody"
    ),
    Mistake("bad-argument", "smtpd_client_restrictions = sleep 5s"),
    Mistake("superfluous-argument", "smtpd_client_restrictions = permit_mynetworks 10.0.0.0/8"),
    Mistake(
      "bad-reply-code",
      "non_fqdn_reject_code = 999\nsmtpd_sender_restrictions = reject_non_fqdn_sender",
      Dialogue(sender: "a@short")),
    Mistake("bare-table", "smtpd_data_restrictions = static:DUNNO", Dialogue(data: true)),
    Mistake(
      "unknown-to-version", "smtpd_sender_restrictions = permit_naked_ip_address",
      since: postfix39),
    Mistake(
      "unknown-to-version", "smtpd_relay_restrictions = check_relay_domains", since: postfix39),
    Mistake("proxy-not-allowed", proxied, since: postfix311),
  ]

  @Test func deferEveryone() throws {
    let scratch = try ScratchInstance(Self.sound)
    for mistake in Self.deferring where try mistake.isOne(on: scratch) {
      #expect(try ask(scratch, mistake.dialogue)?.accepts == true, "before \(mistake.code)")
      try spoil(scratch, with: mistake, .everyoneDeferred)
      let answer = try ask(scratch, mistake.dialogue)
      #expect(
        answer.map { ($0.last ?? 0) / 10 == 45 } == true,
        "\(mistake.code): \(String(describing: answer)) \(scratch.logText.suffix(300))")
      try scratch.restore()
    }
  }

  // MARK: open to strangers

  static let opening = [
    Mistake("open-network", "mynetworks = 127.0.0.0/8, 0.0.0.0/0"),
    Mistake("open-network", "mynetworks = 128.0.0.0/1"),
    Mistake("open-network", "mynetworks = static:all"),
    Mistake(
      "open-relay",
      "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_sender_access static:OK, reject_unauth_destination"
    ),
    Mistake(
      "open-relay",
      "smtpd_relay_restrictions = check_client_access static:{ OK }, reject_unauth_destination"),
    Mistake(
      "open-relay",
      "smtpd_relay_restrictions = permit_naked_ip_address, reject_unauth_destination",
      Dialogue(helo: "203.0.113.9"), before: postfix39),
  ]

  @Test func openToStrangers() throws {
    let scratch = try ScratchInstance(Self.sound)
    for mistake in Self.opening where try mistake.isOne(on: scratch) {
      var dialogue = mistake.dialogue
      dialogue.recipient = "someone@foreign.example"
      #expect(try ask(scratch, dialogue)?.last == 554)
      try spoil(scratch, with: mistake, .openToStrangers)
      #expect(try ask(scratch, dialogue)?.last == 250, "\(mistake.code)")
      try scratch.restore()
    }
  }

  // MARK: hurts own users

  static let hurting = [
    Mistake(
      "own-users-rejected", "smtpd_helo_restrictions = reject_non_fqdn_helo_hostname",
      Dialogue(helo: "printer")),
    Mistake("own-users-rejected", "smtpd_client_restrictions = reject, permit_mynetworks"),
    Mistake(
      "own-users-rejected",
      "smtpd_recipient_restrictions = reject_unauth_destination, permit_mynetworks",
      Dialogue(recipient: "someone@foreign.example")),
    Mistake(
      "own-users-rejected",
      "smtpd_client_restrictions = reject_unknown_reverse_client_hostname\nunknown_client_reject_code = 550"
    ),
  ]

  @Test func hurtOwnUsers() throws {
    let scratch = try ScratchInstance(Self.sound)
    for mistake in Self.hurting {
      var dialogue = mistake.dialogue
      dialogue.client = "10.9.8.7"
      #expect(try ask(scratch, dialogue)?.last == 250)
      try spoil(scratch, with: mistake, .hurtsOwnUsers)
      #expect((try ask(scratch, dialogue)?.last ?? 0) / 100 == 5, "\(mistake.text)")
      try scratch.restore()
    }
  }

  // MARK: silently not enforced

  static let silent = [
    Mistake("missing-argument", "smtpd_client_restrictions = reject_rbl_client"),
    Mistake("trial-of-nothing", "smtpd_client_restrictions = warn_if_reject"),
    Mistake("undefined-name", "smtpd_helo_restrictions = $mua_helo_restrictions"),
    Mistake(
      "wrong-stage", "smtpd_delay_reject = no\nsmtpd_helo_restrictions = reject_non_fqdn_sender",
      Dialogue(sender: "a@short")),
    Mistake(
      "wrong-stage", "smtpd_client_restrictions = check_etrn_access static:REJECT"),
    Mistake(
      "wrong-stage", "smtpd_data_restrictions = reject_non_fqdn_recipient",
      Dialogue(client: "10.9.8.7", secondRecipient: "short@nowhere", data: true)),
    Mistake(
      "unreachable", "smtpd_sender_restrictions = permit, reject_non_fqdn_sender",
      Dialogue(sender: "a@short")),
    Mistake("unknown-parameter", "smtpd_sender_restricions = reject"),
    Mistake("unused-parameter", "mua_client_restrictions = reject"),
    Mistake("newer-parameter", "smtpd_reject_filter_maps = static:REJECT", before: postfix311),
    Mistake(
      "helo-not-required",
      "smtpd_helo_required = no\nsmtpd_helo_restrictions = permit_sasl_authenticated, reject",
      Dialogue(helo: nil)),
    Mistake(
      "shadowed-list", "smtpd_client_restrictions = reject",
      master: " -o smtpd_client_restrictions=permit_mynetworks"),
    Mistake("nul-byte", "smtpd_client_restrictions = permit_mynetworks,\u{0} reject"),
    Mistake(
      "policy-server-down",
      "smtpd_policy_service_try_limit = 1\nsmtpd_client_restrictions = check_policy_service { inet:127.0.0.1:1, default_action=DUNNO }"
    ),
    Mistake("bad-time", "smtpd_error_sleep_time = many"),
  ]

  @Test func areSilentlyNotEnforced() throws {
    let scratch = try ScratchInstance(Self.sound)
    for mistake in Self.silent where try mistake.isOne(on: scratch) {
      try spoil(scratch, with: mistake, .silentlyNotEnforced)
      let answer = try ask(scratch, mistake.dialogue)
      #expect(answer?.accepts == true, "\(mistake.code): \(answer as Any) \(scratch.logText)")
      try scratch.restore()
    }
  }

  @Test func softBounceSoftens() throws {
    let scratch = try ScratchInstance(Self.sound)
    let dialogue = Dialogue(recipient: "someone@foreign.example")
    #expect(try ask(scratch, dialogue)?.last == 554)
    try spoil(scratch, with: Mistake("soft-bounce", "soft_bounce = yes"), .silentlyNotEnforced)
    #expect(try ask(scratch, dialogue)?.last == 454)
  }

  // MARK: style

  static let matters = [
    Mistake("duplicate", "smtpd_sender_restrictions = permit_mynetworks, permit_mynetworks"),
    Mistake(
      "old-name", "smtpd_helo_restrictions = permit_mynetworks, reject_invalid_hostname"),
    Mistake("early-stage", "smtpd_helo_restrictions = reject_non_fqdn_sender"),
    Mistake("defined-twice", "smtpd_banner = a\nsmtpd_banner = $myhostname ESMTP"),
    Mistake("code-permanent", "unknown_client_reject_code = 550"),
  ]

  @Test func mattersOfStyleChangeNothing() throws {
    let scratch = try ScratchInstance(Self.sound)
    for mistake in Self.matters {
      let before = try ask(scratch, mistake.dialogue)
      try spoil(scratch, with: mistake, .style)
      #expect(try ask(scratch, mistake.dialogue) == before, "\(mistake.code)")
      try scratch.restore()
    }
  }

  // MARK: asking

  /// Writes the mistake, and holds the finding to it.
  private func spoil(
    _ scratch: ScratchInstance, with mistake: Mistake, _ kind: FindingClass
  ) throws {
    let base = try scratch.instance.loadConfiguration().configuration
    try scratch.spoil(mistake.text + "\n", master: mistake.master)
    var candidate = base
    candidate.main = MainCF(try readFile(scratch.instance.mainCF).bytes)
    candidate.master = MasterCF(try readFile(scratch.instance.masterCF).bytes)
    let findings = Preflight.findings(of: candidate, base: base, on: scratch.instance)
    let finding = findings.first { $0.code == mistake.code && $0.addedByDraft }
    #expect(finding?.findingClass == kind, "\(mistake): \(findings)")
  }

  /// The codes of a dialogue; nil when nobody answers, or not to the end.
  private func ask(
    _ scratch: ScratchInstance, _ dialogue: Dialogue = Dialogue(), within seconds: Double = 5
  ) throws -> Answer? {
    do {
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: scratch.port), timeout: seconds)
      defer { client.close() }
      return try dialogue.play(client)
    } catch {
      return nil
    }
  }
}
