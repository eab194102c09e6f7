import HostSystem
import PostfixConfig

/// Writes the staged main.cf and the private master.cf.
struct StagedConfiguration {
  static let signInSocket = "postgate-auth"

  let configuration: Configuration
  let liveDirectory: String
  let layout: InstanceLayout
  let stage: StagingArea
  var variants: [StandInVariant] = []
  var resolverOptions = "timeout:1 attempts:1"
  var verifiesAddresses = false

  init(
    _ configuration: Configuration, liveDirectory: String, layout: InstanceLayout,
    stage: StagingArea
  ) {
    self.configuration = configuration
    self.liveDirectory = liveDirectory
    self.layout = layout
    self.stage = stage
  }

  /// Writes both files.
  ///
  /// - Returns: the smtpd services and main.cf's expanded values, as Postfix reads the candidate.
  func write() throws -> (services: [PrivateInstance.Service], values: [String: String]) {
    let main = rooted(configuration.main.bytes)
    let end: [UInt8] = main.last.map { $0 == 0x0A } ?? true ? [] : [0x0A]
    let settings = ownSettings.map { "\($0.name) = \($0.value)\n" }.joined()
    try stage.writeAged("main.cf", main + end + Array(settings.utf8))
    try stage.writeAged("master.cf", rooted(configuration.master.bytes))
    let postconf = try Postconf()
    let entries = try postconf.services(in: stage.configuration)
    let values =
      (try? postconf.values(of: InstanceLayout.asked, in: stage.configuration)) ?? [:]
    var services: [PrivateInstance.Service] = []
    var lines = Self.supportingServices
    if verifiesAddresses { lines += Self.verifyingServices + deliveryAgents(entries) }
    for (index, entry) in entries.filter({ $0.command == "smtpd" }).enumerated() {
      let service = standIn(for: entry, index: index, postconf: postconf, into: &lines)
      services.append(service)
    }
    try stage.writeAged("master.cf", Array((lines.joined(separator: "\n") + "\n").utf8))
    return (services, values)
  }

  /// Settings at the end of main.cf, where the last one wins.
  private var ownSettings: [(name: String, value: String)] {
    [
      ("queue_directory", stage.queue), ("data_directory", stage.dataSetting),
      ("maillog_file", stage.log), ("maillog_file_prefixes", stage.root),
      ("syslog_name", "postgate-check"), ("multi_instance_name", ""),
      ("multi_instance_directories", ""), ("notify_classes", ""), ("in_flow_delay", "0"),
      ("address_verify_map", ""), ("non_smtpd_milters", ""),
      // The live tlsmgr's caches are its own, and a second one must not touch them.
      ("smtpd_tls_session_cache_database", ""), ("smtp_tls_session_cache_database", ""),
      ("lmtp_tls_session_cache_database", ""),
      ("tls_random_exchange_file", stage.dataSetting + "/prng_exch"),
      (
        "import_environment",
        "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME "
          + "{ RES_OPTIONS=\(resolverOptions) }"
      ),
    ]
  }

  /// Without rewrite or cleanup smtpd hangs, without proxymap it does not greet; qmgr, verify and
  /// the delivery agents are left out on purpose, and postlogd is played by us.
  private static let supportingServices = [
    "rewrite unix - - n - - trivial-rewrite", "cleanup unix n - n - 0 cleanup",
    "proxymap unix - - n - - proxymap", "tlsmgr unix - - n 1000? 1 tlsmgr",
  ]

  private static let verifyingServices = [
    "verify unix - - n - 1 verify", "qmgr unix n - n 300 1 qmgr", "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
  ]

  /// The live agents that can be asked whether an address exists; pipe(8) runs foreign programs and is
  /// left out.
  private func deliveryAgents(_ entries: [MasterService]) -> [String] {
    let agents: Set<String> = ["smtp", "lmtp", "local", "virtual", "error", "discard"]
    return entries.filter { agents.contains($0.command) && $0.id.type == "unix" }.map { entry in
      "\(entry.id.name) unix - n \(entry.chroot) - - \(entry.command)" + options(entry.overrides)
    }
  }

  private func standIn(
    for entry: MasterService, index: Int, postconf: Postconf, into lines: inout [String]
  ) -> PrivateInstance.Service {
    let names = Stage.allCases.map(\.parameter) + InstanceLayout.asked
    // A loop or a missing brace makes postconf fail; smtpd will say so itself.
    let values =
      (try? postconf.values(of: names, in: stage.configuration, overrides: entry.overrides)) ?? [:]
    let classes = ListWords.names(values["smtpd_restriction_classes"] ?? "")
    let bodies =
      classes.isEmpty
      ? [:]
      : ((try? postconf.values(
        of: classes, in: stage.configuration, overrides: entry.overrides)) ?? [:])
    let lists = Stage.allCases.reduce(into: bodies) {
      $0[$1.parameter] = values[$1.parameter] ?? ""
    }
    var service = PrivateInstance.Service(
      id: entry.id, values: values, leftOut: [], overrides: entry.overrides,
      socket: "probe\(index)", coverageSocket: "cover\(index)")
    service.isChrooted = entry.chroot == "y"
    let live = entry.overrides
    let common = Self.probeOverrides + Self.signInOverrides(values)
    var faithful: [String] = []
    for (name, text) in lists.sorted(by: { $0.key < $1.key }) {
      let words = ListWords(text, classes: Set(classes))
      let left = words.thirdParties
      if left.isEmpty { continue }
      service.leftOut += left
      faithful.append("\(name)=\(words.withoutThirdParties)")
    }
    lines.append(
      line(service.socket, entry.chroot, live + common + faithful))
    lines.append(
      line(service.coverageSocket, entry.chroot, live + common + coverage(lists, Set(classes))))
    for variant in variants {
      let overrides = variant.overrides(of: lists, classes: Set(classes), service: entry.id)
      lines.append(line(service.socket(of: variant.name), entry.chroot, live + common + overrides))
    }
    return service
  }

  /// Every list with each of its restrictions evaluated once.
  private func coverage(_ lists: [String: String], _ classes: Set<String>) -> [String] {
    var covered: [String: String] = [:]
    for (name, text) in lists {
      covered[name] = ListWords(text, classes: classes).coverage
    }
    // The lists that only run after RCPT: their names are tried at RCPT instead.
    let late = [Stage.data, .endOfData, .etrn].compactMap {
      covered.removeValue(forKey: $0.parameter)
    }
    let recipient = Stage.recipient.parameter
    covered[recipient] =
      ([covered[recipient] ?? ""] + late + ["reject_unauth_destination"])
      .filter { !$0.isEmpty }.joined(separator: " ")
    return covered.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Makes smtpd answer probes in any number, at once, on behalf of anybody.
  private static let probeOverrides = [
    "smtpd_authorized_xclient_hosts=static:all", "smtpd_delay_reject=yes",
    "smtpd_hard_error_limit=1000000", "smtpd_soft_error_limit=1000000",
    "smtpd_junk_command_limit=1000000", "smtpd_error_sleep_time=0", "smtpd_peername_lookup=no",
    "smtpd_milters=", "smtpd_milter_maps=", "smtpd_proxy_filter=", "smtpd_upstream_proxy_protocol=",
    "smtpd_tls_security_level=none", "smtpd_tls_wrappermode=no", "smtpd_tls_auth_only=no",
  ]

  /// Signed-in clients are played by XCLIENT; the sign-in backend is a stand-in of ours.
  static func signInOverrides(_ values: [String: String]) -> [String] {
    guard values["smtpd_sasl_auth_enable"] == "yes" else { return [] }
    return [
      "smtpd_sasl_type=dovecot", "smtpd_sasl_path=private/\(signInSocket)",
      "smtpd_sasl_security_options=noanonymous", "smtpd_sasl_tls_security_options=noanonymous",
    ]
  }

  private func line(_ name: String, _ chroot: String, _ overrides: [String]) -> String {
    // As many processes as are asked for: a limit of the candidate's must not make a question wait.
    return "\(name) unix y - \(chroot) - 0 smtpd" + options(overrides)
  }

  private func options(_ overrides: [String]) -> String {
    overrides.map { override in
      guard let equals = override.firstIndex(of: "=") else { return "" }
      return " -o { \(override[..<equals]) = \(override[override.index(after: equals)...]) }"
    }.joined()
  }

  /// The text with `$config_directory`, `$queue_directory` and `$data_directory` spelled out: in the
  /// staged copy these names mean other places.
  private func rooted(_ bytes: [UInt8]) -> [UInt8] {
    let places = [
      ("config_directory", liveDirectory), ("queue_directory", layout.queueDirectory),
      ("data_directory", layout.dataDirectory),
    ]
    var result: [UInt8] = []
    var index = 0
    scan: while index < bytes.count {
      if bytes[index] == 0x24 {
        for (name, path) in places {
          for (open, close) in [("${", "}"), ("$(", ")"), ("$", "")] {
            let token = Array((open + name + close).utf8)
            let end = index + token.count
            guard end <= bytes.count, bytes[index..<end].elementsEqual(token) else { continue }
            if close.isEmpty, end < bytes.count, Self.isNameByte(bytes[end]) { continue }
            result += Array(path.utf8)
            index = end
            continue scan
          }
        }
      }
      result.append(bytes[index])
      index += 1
    }
    return result
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F
  }

  /// True for a line that tells of a fault in the configuration, not of our own arrangements.
  static func isNewsworthy(_ line: String) -> Bool {
    let marks = [": warning: ", ": error: ", ": fatal: ", ": panic: "]
    guard marks.contains(where: { line.contains($0) }) else { return false }
    let ours = ["overriding earlier entry: ", "NIS domain name not set"]
    return !ours.contains { line.contains($0) }
  }
}
