import Glibc
import HostSystem
import TestSupport
import Testing

/// What the commands of the log print is a contract: names of JSON members, the form of metrics, and
/// what `explain` says of a line.
@Suite struct ContractTests {
  private func output(_ arguments: [String], input: String = "") throws -> CommandResult {
    try withTemporaryDirectory { directory in
      try Postgate.run(arguments, state: directory, input: Array(input.utf8))
    }
  }

  private func log() -> String {
    var generator = LogGenerator(seed: 21, form: .rfc3339)
    generator.write(lineCount: 6000)
    generator.finish()
    return String(decoding: generator.bytes, as: UTF8.self)
      + "2026-11-23T01:00:00Z mx postfix/anvil[9]: statistics: max connection rate 9/60s for "
      + "(smtp:192.0.2.2) at Nov 23 01:00:00\n"
  }

  /// The paths of all members, `[]` for the elements of arrays.
  private func paths(_ json: JSONText.Value, _ prefix: String = "") -> Set<String> {
    switch json {
    case .object(let members):
      members.reduce(into: []) { paths, member in
        paths.insert(prefix + member.name)
        paths.formUnion(self.paths(member.value, prefix + member.name + "."))
      }
    case .array(let elements):
      elements.reduce(into: []) { $0.formUnion(paths($1, prefix + "[].")) }
    case .other: []
    }
  }

  @Test func reportHasItsMembersAndNoOthers() throws {
    let result = try output(["report", "--json", "-"], input: log())
    #expect(result.succeeded, "\(result.errorText)")
    let data: Set<String> = [
      "rejects.by_command", "rejects.by_stage", "rejects.by_service", "rejects.by_reply",
      "postscreen", "actions", "deliveries", "events",
    ]
    let entry = ["[].key", "[].count", "[].error"]
    var wanted: Set<String> = [
      "schema", "window", "window.since", "window.until", "coverage", "coverage.lines",
      "coverage.bytes", "coverage.postfix_lines", "coverage.unknown_lines", "coverage.files",
      "coverage.read_from", "coverage.complete", "coverage.skipped", "connections", "accepted",
      "distinct_clients",
      "rejects", "rejects.total", "rejects.by_restriction", "rejects.by_restriction.[].restriction",
      "rejects.by_restriction.[].argument", "rejects.by_restriction.[].count", "rejects.open",
      "rejects.open.[].candidates", "rejects.open.[].count", "trial", "trial.total",
      "trial.by_restriction", "trial.by_restriction.[].restriction",
      "trial.by_restriction.[].argument", "trial.by_restriction.[].count", "trial.open",
      "trial.open.[].candidates", "trial.open.[].count", "anvil", "anvil.connection_rate",
      "anvil.connection_rate.value", "anvil.connection_rate.unit", "anvil.connection_rate.service",
      "anvil.connection_rate.client", "anvil.connection_rate.time", "top", "series",
      "series.start", "series.step_seconds", "series.connections", "series.rejects",
      "series.accepted",
    ]
    wanted.formUnion(data)
    for list in ["clients", "networks", "helo_names", "sender_domains", "recipients"] {
      wanted.insert("top." + list)
      wanted.formUnion(entry.map { "top.\(list).\($0)" })
    }
    let found = paths(try JSONText.parse(result.outputText)).filter { path in
      !data.contains { path.hasPrefix($0 + ".") }
    }
    #expect(found == wanted, "\(found.symmetricDifference(wanted).sorted())")
  }

  @Test func reportOfAWindowBeyondTheLogIsEmptyAndSaysSo() throws {
    let result = try output(
      ["report", "--json", "--since", "2025-01-01", "--until", "2025-02-01", "-"], input: log())
    #expect(result.succeeded)
    #expect(result.outputText.contains("\"connections\": 0,"))
    #expect(result.outputText.contains("\"since\": \"2025-01-01T00:00:00Z\""))
    let wrong = try output(["report", "--since", "never", "-"])
    #expect(wrong.ending == .exited(64) && wrong.errorText.contains("yesterday"))
  }

  @Test(.enabled(if: canRunEndToEnd, endToEndReason)) func metricsAreOpenMetrics() throws {
    try withTemporaryDirectory { directory in
      try Self.makeConfiguration(directory)
      let odd = log().replacingFirst("bl.example", with: "b\\\"l.example")
      try writeFile(directory + "/mail.log", odd)
      let result = try Postgate.run(
        [
          "metrics", "-c", directory + "/etc", "--log", directory + "/mail.log", "--since",
          "2026-01-01",
        ], state: directory + "/state")
      try #require(result.succeeded, "\(result.errorText)")
      let families = try OpenMetricsText.check(result.outputText)
      #expect(families["postgate_rejects"] == "counter")
      #expect(families["postgate_postfix_running"] == "gauge")
      #expect(result.outputText.contains("argument=\"b\\\\\\\"l.example\""))
    }
  }

  private static func makeConfiguration(_ directory: String) throws {
    mkdir(directory + "/etc", 0o755)
    try writeFile(
      directory + "/etc/main.cf",
      "compatibility_level = 3.6\nqueue_directory = \(directory)\ndata_directory = \(directory)\n")
    try writeFile(directory + "/etc/master.cf", "smtp inet n - n - - smtpd\n")
  }

  @Test func explainSaysWhyAMailWasRefused() throws {
    let line =
      "Nov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 "
      + "<ylmf-pc>: Helo command rejected: need fully-qualified hostname; from=<a@b.example> "
      + "to=<c@d.example> proto=SMTP helo=<ylmf-pc>"
    let text = try output(["explain"], input: line + "\n" + "junk\n").outputText
    for words in [
      "was refused at RCPT", "504 5.5.2: permanent", "x[192.0.2.1]", "ylmf-pc", "<a@b.example>",
      "reject_non_fqdn_helo_hostname", "this is no line of Postfix",
    ] {
      #expect(text.contains(words), "\(words) is not in:\n\(text)")
    }
    let open = try output(
      ["explain"],
      input: line.replacingFirst("need fully-qualified hostname", with: "Access denied"))
    #expect(open.outputText.contains("check_helo_access"))
    #expect(try output(["explain"]).ending == .exited(1))
    #expect(try output(["explain", "reject_non_fqdn_helo_hostname"]).succeeded)
  }
}

/// Writes a file anew, readable by everyone.
private func writeFile(_ path: String, _ text: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    try #require(count > 0)
    bytes = bytes.dropFirst(count)
  }
}

extension String {
  fileprivate func replacingFirst(_ old: String, with new: String) -> String {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(old) {
        return self[..<start] + new + self[index(start, offsetBy: old.count)...]
      }
      start = index(after: start)
    }
    return self
  }
}
