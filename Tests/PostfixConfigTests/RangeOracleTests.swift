import Glibc
import HostSystem
import TestSupport
import Testing

@testable import PostfixConfig

/// Ranges, units and words: what the catalog calls deadly is what smtpd does not start with
/// (`smtpd -S`), and nothing else.
@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)))
struct RangeOracleTests {
  private struct Case: CustomStringConvertible {
    var parameter: String
    var value: String
    var isDeadly: Bool
    var description: String { "\(parameter) = \(value)" }
  }

  /// Read by other daemons, or only when something else is switched on.
  private static func isReadElsewhere(_ name: String) -> Bool {
    let prefixes = ["anvil_", "address_verify_", "postscreen_"]
    let names: Set<String> = [
      "in_flow_delay", "info_log_address_format", "milter_default_action", "mynetworks_style",
      "service_throttle_time", "smtpd_proxy_options", "smtpd_sasl_type",
      "smtpd_upstream_proxy_protocol",
    ]
    return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  private static func values(of kind: ParameterInfo.Kind) -> [String] {
    func around(_ low: Int?, _ high: Int?, _ unit: String = "") -> [String] {
      let bounds =
        (low.map { [$0 - 1, $0] } ?? [-1, 0]) + (high.map { [$0, $0 + 1] } ?? [1_000_000])
      return bounds.map { "\($0)\(unit)" }
    }
    switch kind {
    case .bool: return ["maybe", "YES", "no", ""]
    case .integer(let low, let high): return around(low, high) + ["many", "5x"]
    case .time(let low, let high): return around(low, high, "s") + ["1x", "5 m", "1h30m", "many"]
    case .size: return ["many", "1000000000000"]
    case .replyCode(let low, let high):
      return low == 400 && high == 599 ? ["999", "200", "many"] : around(low, high)
    case .choice(let words): return words + ["bogus"]
    case .level, .earlyLevel:
      return ["3", "3.6.1", "3.6.1.2", "-1", "3.x", "3.", "3..6", "3x", ".6", "99999", "007", ""]
    case .restrictionList, .string, .list, .words: return []
    }
  }

  /// All of them where the oracle is asked at length, else a third.
  private static func cases(_ environment: PostfixEnvironment) -> [Case] {
    let parameters = Catalog.parameters.filter { info in
      environment.defaults[info.name] != nil && info.isKnown(to: environment.version)
        && !isReadElsewhere(info.name)
    }
    let step = Effort.oracleFiles >= 20_000 ? 1 : 3
    return stride(from: 0, to: parameters.count, by: step).flatMap { index in
      let info = parameters[index]
      return values(of: info.kind).map { value in
        Case(
          parameter: info.name, value: value,
          isDeadly: info.kind(in: environment).fault(in: value)?.findingClass == .serverDead
            || value.isEmpty && Catalog.required.contains(info.name))
      }
    }
  }

  @Test func whatTheCatalogCallsDeadlyIsDeadly() throws {
    let environment = try #require(InstalledPostfix.environment)
    let all = Self.cases(environment)
    #expect(all.count > 100)
    let deaths = try deaths(of: all, environment)
    let wrong = zip(all, deaths).filter { $0.isDeadly != $1 }.map(\.0)
    print("ranges: \(all.count) values held against smtpd, \(wrong.count) disagreements")
    #expect(wrong.isEmpty, "\(wrong)")
  }

  /// Names of users, groups, services, files, or words of which no list is kept: only Postfix tells.
  private static let untold: Set<String> = [
    "default_privs", "default_verp_delimiters", "header_from_format", "inet_interfaces",
    "mail_owner", "maillog_file", "maillog_file_prefixes", "mail_release_date", "mail_version",
    "queue_directory", "receive_override_options", "setgid_group", "smtpd_relay_restrictions",
    "syslog_facility", "verp_delimiter_filter",
  ]

  /// Every parameter of the installed Postfix, in the catalog or not.
  @Test func whatKillsSmtpdIsFound() throws {
    let environment = try #require(InstalledPostfix.environment)
    let names = environment.defaults.keys.sorted()
    let step = Effort.oracleFiles >= 20_000 ? 1 : 7
    let all = stride(from: 0, to: names.count, by: step).flatMap { index in
      ["bogus", ""].map { Case(parameter: names[index], value: $0, isDeadly: false) }
    }
    func configuration(_ item: Case?) -> Configuration {
      let text = Self.main("/", item)
      return Configuration(
        main: MainCF(Array(text.utf8)), master: MasterCF(Array("smtp inet n - n - - smtpd\n".utf8)),
        environment: environment)
    }
    let sound = configuration(nil)
    let missed = zip(all, try deaths(of: all, environment)).filter { item, isDead in
      guard isDead, !Self.untold.contains(item.parameter) else { return false }
      return !configuration(item).findings(tables: [:], comparedTo: sound).contains {
        $0.addedByDraft && $0.findingClass.blocks
      }
    }.map(\.0)
    #expect(missed.isEmpty, "\(missed)")
  }

  /// Which of them smtpd does not start with.
  private func deaths(of all: [Case], _ environment: PostfixEnvironment) throws -> [Bool] {
    let smtpd = try #require(environment.defaults["daemon_directory"]) + "/smtpd"
    var deaths: [Bool] = []
    try withTemporaryDirectory { directory in
      chmod(directory, 0o755)
      for part in stride(from: 0, to: all.count, by: 48) {
        let batch = Array(all[part..<min(part + 48, all.count)])
        // A fatal end costs smtpd a second of sleep: many sleep at once.
        let children = try batch.enumerated().map { number, item in
          try start(smtpd, item, "\(directory)/\(part + number)", directory)
        }
        for child in children {
          child.closeInput()
          deaths.append(child.wait() != .exited(0))
        }
      }
    }
    return deaths
  }

  private static func main(_ directory: String, _ item: Case?) -> String {
    """
    compatibility_level = 3.6
    queue_directory = \(directory)
    data_directory = \(directory)
    maillog_file = \(directory)/log
    maillog_file_prefixes = \(directory)
    local_recipient_maps =
    alias_maps =
    \(item.map { "\($0.parameter) = \($0.value)" } ?? "")

    """
  }

  private func start(
    _ smtpd: String, _ item: Case, _ place: String, _ directory: String
  ) throws -> ChildProcess {
    mkdir(place, 0o755)
    let main = Self.main(directory, item)
    try Postconf(directory: place).write(main: Array(main.utf8), master: [])
    var environment = Command.cleanEnvironment
    environment["MAIL_CONFIG"] = place
    return try ChildProcess(Command(smtpd, ["-S"], environment: environment))
  }
}
