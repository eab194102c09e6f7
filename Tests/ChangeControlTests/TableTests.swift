import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// Access tables as part of a change.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct TableTests {
  private static let clients = """
    # our partners
    203.0.113.7\tREJECT
    partner.example
    \tOK

    """

  /// An instance whose client list asks a hash table.
  private func scratch(start: Bool = false) throws -> (ScratchInstance, String) {
    let scratch = try ScratchInstance(
      ScratchInstance.tutorial.replacing(
        "smtpd_client_restrictions =\n    permit_mynetworks,",
        with: "smtpd_client_restrictions =\n    check_client_access hash:$config_directory/clients,"
      ), start: start)
    try scratch.write("clients", Self.clients)
    let table = "hash:\(scratch.root)/etc/clients"
    #expect(try Command("/usr/sbin/postmap", ["-c", scratch.root + "/etc", table]).run().succeeded)
    let main = try scratch.mainText.replacing(
      "hash:$config_directory/clients", with: table)
    try scratch.write("main.cf", main)
    return (scratch, table)
  }

  private func transaction(_ scratch: ScratchInstance) throws -> Transaction {
    Transaction(instance: scratch.instance, state: try scratch.state, commands: CommandLog())
  }

  private func lookUp(_ key: String, _ table: String) throws -> String {
    let directory = parentDirectory(of: String(table.dropFirst(5)))
    return try Command("/usr/sbin/postmap", ["-c", directory, "-q", key, table]).run().outputText
      .filter { $0 != "\n" }
  }

  @Test func anExceptionIsWrittenWithItsIndexAndUndone() throws {
    let (scratch, table) = try scratch()
    let transaction = try transaction(scratch)
    let path = scratch.root + "/etc/clients"
    chmod(path, 0o640)
    let change = Change.tables(
      [TableEdit(table: table, key: "192.0.2.9", value: "OK")],
      edits: [.setParameter(name: "smtpd_helo_required", value: "no", service: nil)])
    let outcome = try transaction.apply(change)
    #expect(outcome.result == .kept)
    #expect(outcome.diff.contains("+192.0.2.9\tOK") && outcome.diff.contains("helo_required = no"))
    #expect(try scratch.text(path) == Self.clients + "192.0.2.9\tOK\n")
    #expect(try lookUp("192.0.2.9", table) == "OK")
    #expect(try FileStatus(of: path).mode == 0o640)
    #expect(try FileStatus(of: path + ".db").modified >= FileStatus(of: path).modified)
    #expect(try transaction.apply(change).result == .unchanged)
    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(try scratch.text(path) == Self.clients)
    #expect(try lookUp("192.0.2.9", table) == "")
    #expect(try scratch.mainText.contains("helo_required = yes"))
    // Back again with its index, and away again.
    #expect(try transaction.apply(.undo(2)).result == .kept)
    #expect(try scratch.text(path) == Self.clients + "192.0.2.9\tOK\n")
    #expect(try lookUp("192.0.2.9", table) == "OK")
    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(try scratch.text(path) == Self.clients)
    #expect(try lookUp("192.0.2.9", table) == "")
    #expect(
      try directoryEntries(scratch.root + "/etc")
        == ["clients", "clients.db", "main.cf", "master.cf"])
  }

  @Test func anInterruptionBetweenTheFilesIsTakenBackOrFinished() throws {
    let (scratch, table) = try scratch()
    let transaction = try transaction(scratch)
    let path = scratch.root + "/etc/clients"
    let main = try scratch.mainText
    _ = try transaction.apply(
      .tables(
        [TableEdit(table: table, key: "192.0.2.9", value: "OK")],
        edits: [.setParameter(name: "smtpd_helo_required", value: "no", service: nil)]))
    let history = try transaction.history()
    var record = try history.record(1)
    record.phase = .prepared
    try history.update(record)
    // Killed behind the table, in front of main.cf.
    try scratch.write("main.cf", main)
    #expect(try transaction.recover().count == 1)
    #expect(try scratch.text(path) == Self.clients && scratch.mainText == main)
    #expect(try lookUp("192.0.2.9", table) == "")
    // Killed between a table and its index.
    _ = try transaction.apply(
      .tables([TableEdit(table: table, key: "192.0.2.9", value: "OK")], edits: []))
    record = try history.record(2)
    record.phase = .prepared
    try history.update(record)
    #expect(
      try Command(
        "/usr/sbin/postmap", ["-c", scratch.root + "/etc", "-d", "192.0.2.9", table]
      ).run().succeeded)
    #expect(try lookUp("192.0.2.9", table) == "")
    #expect(try transaction.recover().count == 1)
    #expect(try lookUp("192.0.2.9", table) == "OK")
    #expect(try history.record(2).phase == .kept)
  }

  @Test func aRunningPostfixUsesTheExceptionAndTheLookFindsItWorks() throws {
    let (scratch, table) = try scratch(start: true)
    func reply() throws -> SMTPReply {
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: scratch.port), from: "127.0.0.5",
        timeout: 10)
      _ = try client.ehlo("client.example.net")
      _ = try client.mail(from: "")
      let reply = try client.rcpt(to: "info@example.org")
      try client.quit()
      return reply
    }
    #expect(try reply().isPositive)
    _ = try transaction(scratch).apply(
      .tables([TableEdit(table: table, key: "127.0.0.5", value: "REJECT not you")], edits: []))
    #expect(try reply().isPermanent)
  }

  @Test func anExceptionInFrontOfRelayProtectionIsRefused() throws {
    let (scratch, table) = try scratch()
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    reject_unauth_destination,",
        with: "    check_client_access \(table),\n    reject_unauth_destination,"))
    #expect {
      _ = try transaction(scratch).apply(
        .tables([TableEdit(table: table, key: "192.0.2.9", value: "OK")], edits: []))
    } throws: { "\($0)".contains("could relay") }
    #expect(try scratch.text(scratch.root + "/etc/clients") == Self.clients)
  }

  /// However main.cf spells the table, and wherever the check stands.
  @Test(arguments: [
    ("hash://ETC//clients", ""), ("hash:/ETC/../etc/clients", ""), ("hash:/ETC/link", ""),
    ("proxy:hash:/ETC/clients", ""), ("texthash:/ETC/clients", ""),
    ("hash:$config_directory/clients", ""), ("pipemap:{hash:/ETC/clients,static:OK}", ""),
    ("unionmap:{ static:, hash:/ETC/clients }", ""),
    ("partners", "check_client_access hash:/ETC/clients"),
    ("BARE", ""), ("RECIPIENT", ""),
  ])
  func noSpellingHidesAnExceptionInFrontOfRelayProtection(
    _ spelling: (argument: String, partners: String)
  ) throws {
    let (scratch, table) = try scratch()
    let etc = scratch.root + "/etc"
    #expect(symlink("clients", etc + "/link") == 0 && symlink("clients.db", etc + "/link.db") == 0)
    let argument = spelling.argument.replacing("/ETC", with: etc)
    var check = "check_client_access \(argument)"
    var tail = ""
    switch argument {
    case "BARE": check = table
    case "partners":
      check = argument
      tail =
        "smtpd_restriction_classes = partners\npartners = "
        + spelling.partners.replacing("/ETC", with: etc) + "\n"
    // Relay restrictions that protect from nothing are no protection.
    case "RECIPIENT":
      check = "check_client_access \(table)"
      tail = "smtpd_relay_restrictions = permit_mynetworks\n"
    default: break
    }
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    reject_unauth_destination,",
        with: "    \(check),\n    reject_unauth_destination,") + tail)
    #expect {
      _ = try transaction(scratch).apply(
        .tables([TableEdit(table: table, key: "192.0.2.9", value: "OK")], edits: []))
    } throws: { "\($0)".contains("could relay") }
    #expect(try scratch.text(etc + "/clients") == Self.clients)
  }

  /// Where another list protects, or the exception is asked behind protection, nobody is kept from it.
  @Test(arguments: [true, false])
  func anExceptionBehindRelayProtectionIsMade(_ isInOtherList: Bool) throws {
    let (scratch, table) = try scratch()
    let check = "check_client_access \(table)"
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    reject_unauth_destination,",
        with: isInOtherList
          ? "    \(check),\n    reject_unauth_destination,"
          : "    reject_unauth_destination,\n    \(check),")
        + (isInOtherList
          ? "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n" : ""))
    let outcome = try transaction(scratch).apply(
      .tables([TableEdit(table: table, key: "192.0.2.9", value: "OK")], edits: []))
    #expect(outcome.result == .kept)
  }

  /// A list that ends by refusing everybody protects as well as one that names relaying, unless it lets
  /// others than own users pass before it does.
  @Test(arguments: [
    ("permit_auth_destination, reject", true), ("defer", true), ("defer_if_permit", true),
    ("reject_unauth_destination", true), ("reject_rbl_client bl.invalid, reject", true),
    ("warn_if_reject reject, reject_non_fqdn_sender", false), ("permit, reject", false),
    ("permit_dnswl_client wl.invalid, reject", false),
    ("check_sender_access static:OK, reject_unauth_destination", false),
  ])
  func aListThatRefusesStrangersIsRelayProtection(_ list: (end: String, protects: Bool)) throws {
    let (scratch, table) = try scratch()
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "    reject_unauth_destination,",
        with: "    check_client_access \(table),\n    reject_unauth_destination,")
        + "smtpd_relay_restrictions = permit_mynetworks, \(list.end)\n")
    let transaction = try transaction(scratch)
    let edit = TableEdit(table: table, key: "192.0.2.9", value: "OK")
    let configuration = try transaction.snapshot().configuration
    guard !list.protects else {
      #expect(throws: Never.self) { try transaction.requireHarmless([edit], in: configuration) }
      return
    }
    #expect {
      try transaction.requireHarmless([edit], in: configuration)
    } throws: { "\($0)".contains("could relay") }
  }

  @Test func editsTouchTheirEntryOnly() throws {
    func edit(_ key: String, _ value: String?, table: String = "hash:/t") throws -> String {
      let bytes = try TableEdit(table: table, key: key, value: value)
        .applied(to: Array(Self.clients.utf8))
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(try edit("203.0.113.7", "OK").contains("# our partners\n203.0.113.7\tOK\npartner"))
    #expect(try edit("203.0.113.7", "REJECT") == Self.clients)
    #expect(try edit("PARTNER.example", nil) == "# our partners\n203.0.113.7\tREJECT\n")
    #expect(try edit("none.example", nil) == Self.clients)
    #expect(
      try edit("192.0.2.0/24", "OK", table: "cidr:/t")
        .hasPrefix("# our partners\n192.0.2.0/24\tOK\n203.0.113.7"))
    #expect(throws: ChangeError.self) { try edit("a b", "OK") }
    #expect(throws: ChangeError.self) { try edit("a", "OK\nb OK") }
    #expect(throws: ChangeError.self) { try TableFile("pcre:/t") }
    #expect(throws: ChangeError.self) { try TableFile("ldap:relative") }
  }
}
