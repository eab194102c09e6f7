import PostfixConfig

/// `postconf -d | configuration-benchmark [LINES]`: how long reading, expanding and checking one large main.cf takes.
///
/// A program of its own, since a command that is timed from outside also pays for its start and for
/// asking Postfix. The file is made here, so that every run measures the same.
@main
enum ConfigurationBenchmark {
  static func main() {
    let lines = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 10_000
    let environment = PostfixEnvironment(
      version: PostfixVersion(major: 3, minor: 7), defaults: defaultsFromInput(),
      tableTypes: ["hash", "cidr", "regexp", "proxy", "static", "texthash"])
    let main = Array(LargeMainCF(lines: lines).text.utf8)
    let master = Array(LargeMainCF.master.utf8)
    let clock = ContinuousClock()
    var best: (parse: Duration, expand: Duration, check: Duration)?
    var findings = 0
    for _ in 0..<25 {
      let start = clock.now
      let configuration = Configuration(
        main: MainCF(main), master: MasterCF(master), environment: environment)
      let parsed = clock.now
      let restrictions = configuration.policy().services.flatMap(\.lists).flatMap(\.restrictions)
      let expanded = clock.now
      findings = configuration.findings().count
      let checked = clock.now
      precondition(restrictions.count > 20)
      let run = (parsed - start, expanded - parsed, checked - expanded)
      if best.map({ run.0 + run.1 + run.2 < $0.parse + $0.expand + $0.check }) ?? true {
        best = run
      }
    }
    guard let best else { return }
    let whole = best.parse + best.expand + best.check
    print(
      "main.cf:        \(lines) lines, \(main.count) bytes, \(environment.defaults.count) defaults: parsed in \(milliseconds(best.parse)), lists expanded in \(milliseconds(best.expand)), checked in \(milliseconds(best.check)), together \(milliseconds(whole)) ms (\(findings) findings)"
    )
  }

  private static func milliseconds(_ time: Duration) -> String {
    let tenths =
      time.components.seconds * 10_000 + time.components.attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func defaultsFromInput() -> [String: String] {
    var defaults: [String: String] = [:]
    while let line = readLine() {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let name = line[..<equals].split(separator: " ").first.map(String.init) ?? ""
      defaults[name] = String(line[line.index(after: equals)...].drop { $0 == " " })
    }
    return defaults
  }
}

/// A main.cf of a server that grew for twenty years: many domains and networks, own parameters that
/// refer to each other, comments, old settings that nothing uses, restriction classes, long lists.
struct LargeMainCF {
  let lines: Int

  static let master = """
    smtp inet n - y - 1 postscreen
    smtpd pass - - y - - smtpd
    submission inet n - y - - smtpd
      -o syslog_name=postfix/submission
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_client_restrictions=permit_sasl_authenticated,reject
      -o smtpd_recipient_restrictions=$submission_recipient_restrictions
    smtps inet n - y - - smtpd
      -o smtpd_tls_wrappermode=yes
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
    cleanup unix n - y - 0 cleanup
    rewrite unix - - y - - trivial-rewrite

    """

  var text: String {
    var text = """
      compatibility_level = 3.6
      smtpd_helo_required = yes
      smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
      smtpd_helo_restrictions = permit_mynetworks, permit_sasl_authenticated, $strict_helo, permit
      strict_helo = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
      submission_recipient_restrictions = permit_sasl_authenticated, reject
      smtpd_sender_restrictions =
          permit_mynetworks,
          permit_sasl_authenticated,
          # reject_unknown_sender_domain,
          reject_non_fqdn_sender

      """
    let share = (lines - 11) / 10
    text += "relay_domains =\n" + block(share * 3) { "    relay\($0).customer\($0 % 97).example" }
    text +=
      "mynetworks = 127.0.0.0/8\n" + block(share) { "    10.\($0 / 256 % 256).\($0 % 256).0/24" }
    text += block(share * 2) {
      "# changed on the \($0)th by the one before me: see ticket \($0 * 7)"
    }
    text +=
      block(share) { "site_\($0) = site\($0).example, $site_base" } + "site_base = base.example\n"
    text += "mydestination = $myhostname" + (0..<share).map { ", $site_\($0)" }.joined() + "\n"
    text += block(share) { "old_setting_\($0) = value \($0) of long ago" }
    text +=
      "smtpd_recipient_restrictions =\n    permit_mynetworks,\n    reject_unauth_destination,\n"
    text +=
      block(share) { "    check_recipient_access hash:/etc/postfix/customer\($0)," }
      + "    permit\n"
    return text
  }

  private func block(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }
}
