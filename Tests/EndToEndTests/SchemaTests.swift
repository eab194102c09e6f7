import FoundationEssentials
import HostSystem
import TestSupport
import Testing

/// The JSON that others build on: exact names and types, for schema 1 (postgate(8), "JSON").
@Suite(.enabled(if: canRunEndToEnd, endToEndReason))
struct SchemaTests {
  private static let edit = JSONShape.object([
    "edit": .word([
      "set_state", "insert", "remove", "move", "set_argument", "rename", "set_parameter",
      "reset_parameter",
    ]),
    "text": .string, "parameter": .optional(.string), "service": .optional(.string),
    "stage": .optional(.string), "restriction": .optional(.string), "argument": .optional(.string),
    "state": .optional(.string), "value": .optional(.string), "offset": .optional(.int),
  ])

  private static let check = JSONShape.object([
    "schema": .int,
    "findings": .array(
      .object([
        "severity": .word(["error", "warning", "hint"]),
        "class": .word([
          "server dead", "everyone deferred", "open to strangers", "hurts own users",
          "silently not enforced", "style",
        ]),
        "code": .string, "file": .string, "line": .int, "column": .int, "message": .string,
        "fix": .array(edit), "added": .bool,
      ])),
  ])

  private static let origin: [String: JSONShape] = [
    "file": .string, "line": .int, "column": .int, "parameter": .string,
  ]

  private static let restriction = JSONShape.object([
    "name": .string, "argument": .optional(.string), "state": .word(["on", "trial", "off"]),
    "classes": .array(.string), "reachable": .bool, "unreachable_reason": .optional(.string),
    "origin": .object(
      origin.merging(["service": .optional(.string), "used_by": .array(.string)]) { $1 }),
    "counts": .optional(
      .object([
        "rejects": .int, "at_least": .bool, "trial": .int, "since": .optional(.string),
        "counted_at": .optional(.string),
      ])),
  ])

  private static let postscreen = JSONShape.object([
    "service": .string, "access_list": .array(.string),
    "tests": .array(
      .object([
        "name": .word([
          "deny_list", "greet", "dnsbl", "pipelining", "non_smtp_command", "bare_newline",
        ]),
        "state": .word(["on", "trial", "off"]), "action": .string, "origin": .object(origin),
      ])),
    "sites": .array(
      .object(["domain": .string, "filter": .optional(.string), "weight": .int])),
    "threshold": .optional(.int),
  ])

  private static let services = JSONShape.array(
    .object([
      "name": .string, "type": .string, "tag": .string, "postscreen": .optional(postscreen),
      "lists": .array(
        .object([
          "stage": .word([
            "client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn",
          ]),
          "parameter": .string, "service": .optional(.string), "default": .bool,
          "restrictions": .array(restriction),
        ])),
    ]))

  private static let failure = JSONShape.object([
    "schema": .int, "error": .object(["message": .string, "exit_status": .int]),
  ])

  private static let main = """
    compatibility_level = 3.6
    smtpd_restriction_classes = greylist
    greylist = check_policy_service inet:127.0.0.1:10023
    smtpd_helo_restrictions = reject_invalid_hostname, reject_unknown_helo_hostnam
    smtpd_sender_restrictions =
        permit_mynetworks,
        # reject_non_fqdn_sender,
        warn_if_reject reject_unknown_sender_domain
        permit
        reject_unlisted_sender
    smtpd_recipient_restrictions = permit_mynetworks, greylist, reject_unauth_destination
    mynetworks = 10.1.2.3/8
    smtpd_timeout = 5x
    postscreen_dnsbl_sites = zen.spamhaus.org=127.0.0.[2..11]*3 list.dnswl.org*-2
    postscreen_greet_action = enforce

    """
  private static let master = """
    smtp inet n - n - 1 postscreen
    smtpd pass - - n - - smtpd
    submission inet n - n - - smtpd -o smtpd_helo_restrictions=$mua_helo

    """

  @Test func checkAndShowKeepTheirNames() throws {
    try withTemporaryDirectory { directory in
      for (name, text) in [("main.cf", Self.main), ("master.cf", Self.master)] {
        let file = try OpenFile("\(directory)/\(name)", 0o101, mode: 0o644)  // O_CREAT | O_WRONLY
        try file.writeAll(Array(text.utf8))
      }
      let findings = try tree(["check", "--json", "-c", directory], directory)
      #expect(findings.ending == .exited(2))
      expect(findings.tree, is: Self.check)
      guard case .object(let members) = findings.tree, case .array(let list)? = members["findings"]
      else { return }
      #expect(list.count > 6)

      let show = try tree(["show", "--json", "-c", directory], directory)
      #expect(show.ending == .exited(0))
      guard case .object(let top) = show.tree, let services = top["services"] else { return }
      expect(services, is: Self.services)
      guard case .array(let parts) = services else { return }
      #expect(parts.count == 2)
      #expect(
        top.keys.sorted() == [
          "coverage", "instance", "open", "other", "schema", "services", "window",
        ])
    }
  }

  private static let event = JSONShape.object([
    "time": .optional(.string), "service": .string, "program": .string, "pid": .int,
    "event": .word([
      "accepted", "reject", "trial", "action", "connect", "disconnect", "lost_connection",
      "delivery",
      "queue", "postscreen", "auth_failure", "tls", "anvil", "warning", "error", "fatal", "panic",
      "lifecycle", "other",
    ]),
    "client": .object([
      "name": .optional(.string), "address": .optional(.string), "port": .optional(.string),
    ]),
    "helo": .optional(.string), "sender": .optional(.string), "recipient": .optional(.string),
    "command": .optional(.string), "reply": .optional(.string), "restriction": .optional(.string),
    "argument": .optional(.string), "candidates": .array(.string),
    "state": .optional(.word(["on", "trial"])), "text": .string,
  ])

  /// Every line is an object of the schema; human times choose the same lines as the stamps they mean.
  @Test func logKeepsItsNamesAndTakesHumanTimes() throws {
    try withTemporaryDirectory { directory in
      var generator = LogGenerator(seed: 5, form: .rfc3339)
      generator.write(lineCount: 3000)
      let now = wallClockMicroseconds() / 1_000_000
      let recent = [90_000, 7000, 60].map { ago in
        "\(stamp(now - Int64(ago))) mx postfix/smtpd[7]: connect from x[192.0.2.1]\n"
      }
      let texts = [
        ("main.cf", Self.main), ("master.cf", Self.master),
        ("all.log", String(decoding: generator.bytes, as: UTF8.self)),
        ("recent.log", recent.joined()),
      ]
      for (name, text) in texts {
        let file = try OpenFile("\(directory)/\(name)", 0o101, mode: 0o644)  // O_CREAT | O_WRONLY
        try file.writeAll(Array(text.utf8))
      }
      let all = try events("all.log", ["--since", "2020-01-01", "--lines", "3000"], directory)
      #expect(all.count > 2000)
      for event in all { expect(event, is: Self.event) }
      for (since, count) in [("1h", 1), ("2h", 2), ("30h", 3), ("now", 0), ("2020-01-01", 3)] {
        #expect(try events("recent.log", ["--since", since], directory).count == count, "\(since)")
      }
      let until = ["--since", "2020-01-01", "--until", "1h", "--filter", "event=connect client=x"]
      #expect(try events("recent.log", until, directory).count == 2)
      // A stamp as it stands in the log begins at its line.
      #expect(try events("recent.log", ["--since", stamp(now - 7000)], directory).count == 2)
    }
  }

  private func stamp(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
  }

  private func events(
    _ log: String, _ arguments: [String], _ directory: String
  ) throws -> [JSONTree] {
    let result = try Postgate.run(
      ["log", "--json", "-c", directory, "--log", "\(directory)/\(log)"] + arguments,
      state: directory + "/state")
    #expect(result.ending == .exited(0), "\(result.errorText)")
    return try result.output.split(separator: 0x0A).map {
      try JSONDecoder().decode(JSONTree.self, from: Data($0))
    }
  }

  @Test(arguments: [
    ["check"], ["show"], ["status"], ["log"], ["enable", "reject_non_fqdn_sender"],
    ["set", "smtpd_helo_required=yes"],
  ]) func failuresAreJSONToo(command: [String]) throws {
    try withTemporaryDirectory { directory in
      let result = try tree(command + ["--json", "-c", "/nowhere/at/all"], directory)
      #expect(result.ending == .exited(1))
      expect(result.tree, is: Self.failure)
    }
  }

  @Test func wrongUsageIsJSONToo() throws {
    try withTemporaryDirectory { directory in
      let result = try tree(["report", "--json", "--since", "some day"], directory)
      #expect(result.ending == .exited(64))
      expect(result.tree, is: Self.failure)
    }
  }

  private func expect(_ tree: JSONTree, is shape: JSONShape) {
    let differences = shape.differences(from: tree)
    #expect(differences.isEmpty, "\(differences)")
  }

  private func tree(
    _ arguments: [String], _ directory: String
  ) throws -> (tree: JSONTree, ending: CommandResult.Ending) {
    let result = try Postgate.run(arguments, state: directory + "/state")
    #expect(!result.errorText.contains("Fatal error"))
    let tree = try JSONDecoder().decode(JSONTree.self, from: Data(result.output))
    return (tree, result.ending)
  }
}
