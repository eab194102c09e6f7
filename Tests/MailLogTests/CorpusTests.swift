import MailLog
import TestSupport
import Testing

/// Lines of other servers with what their collectors expect of a parser.
@Suite struct CorpusTests {
  private static let isThere = sharedFile("corpus/grok.log") != nil

  /// Expected fields by line number, as `field: value`.
  private func expectations(_ name: String) -> [Int: [String: String]] {
    let text = String(decoding: sharedFile("corpus/\(name).expect.tsv") ?? [], as: UTF8.self)
    var result: [Int: [String: String]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count >= 4, let number = Int(fields[0]) else { continue }
      result[number, default: [:]][fields[2]] = fields[3]
    }
    return result
  }

  private func rows(_ name: String) -> [LogRow] {
    var reader = LogRowReader(reference: testReference)
    return (sharedFile("corpus/\(name).log") ?? []).split(separator: 0x0A)
      .map { reader.row(Array($0).span) }
  }

  @Test(.enabled(if: isThere, "SKIPPED: no ../shared/corpus beside this checkout"))
  func rejectsAreReadAsExpected() {
    let rows = rows("crowdsec")
    var checked = 0
    for (number, fields) in expectations("crowdsec") where fields["action"] == "reject" {
      let row = rows[number - 1]
      #expect(row.kind == .reject, "line \(number)")
      if let address = fields["remote_addr"] { #expect(row.clientAddress == address) }
      if let host = fields["remote_host"] { #expect(row.clientName == host) }
      if let command = fields["command"] { #expect(row.command == command) }
      // On two lines that collector takes the sender for the HELO name, which holds no `@`.
      if let helo = fields["helo"], !helo.contains("@") { #expect(row.helo == helo) }
      if let code = fields["smtp_basic_status_code"] { #expect(row.code == Int(code)) }
      if let code = fields["smtp_enhanced_status_code"] { #expect(row.enhancedCode == code) }
      checked += 1
    }
    #expect(checked == 4)
  }

  @Test(.enabled(if: isThere, "SKIPPED: no ../shared/corpus beside this checkout"))
  func clientsOfEveryProgramAreReadAsExpected() {
    let rows = rows("grok")
    var checked = 0
    for (number, fields) in expectations("grok") {
      let row = rows[number - 1]
      #expect(row.kind != .foreign, "line \(number)")
      guard row.program == "smtpd" || row.program == "postscreen" else { continue }
      if let address = fields["postfix_client_ip"], row.clientAddress != nil {
        #expect(row.clientAddress == address, "line \(number)")
        checked += 1
      }
      if let queueID = fields["postfix_queueid"], queueID != "NOQUEUE" {
        #expect(row.queueID == queueID, "line \(number)")
      }
    }
    #expect(checked > 10)
  }

  /// Everything that the source expects of a line and that we read: kind, command, reply, port,
  /// status, TLS version, anvil's number, postscreen's word.
  @Test(.enabled(if: isThere, "SKIPPED: no ../shared/corpus beside this checkout"))
  func meaningsAreReadAsExpected() {
    let rows = rows("grok")
    var checked = 0
    for (number, fields) in expectations("grok") {
      let row = rows[number - 1]
      let counted = summary(row.line)
      for (field, value) in fields {
        guard let holds = holds(field, value, row, counted) else { continue }
        #expect(holds, "line \(number): \(field) is \(value)")
        checked += 1
      }
    }
    #expect(checked > 90)
  }

  /// Whether an expected field is what was read; nil for fields that we do not read.
  private func holds(
    _ field: String, _ value: String, _ row: LogRow, _ counted: TallySummary
  ) -> Bool? {
    let isServer = row.program == "smtpd" || row.program == "postscreen"
    let isVerdict = [.reject, .trial, .action].contains(row.kind)
    switch field {
    case "postfix_message_level" where value != "info": return row.kind.rawValue == value
    case "postfix_action":
      return ["reject": .reject, "reject_warning": .trial][value, default: .action] == row.kind
    case "postfix_smtp_stage" where isServer && isVerdict: return row.command == value
    case "postfix_status_code" where isVerdict: return row.code == Int(value)
    case "postfix_status_code_enhanced" where isVerdict: return row.enhancedCode == value
    case "postfix_client_port" where isServer: return row.clientPort == Int(value)
    case "postfix_client_hostname" where isServer && row.clientAddress != nil:
      return row.clientName == value
    case "postfix_status": return counted.incidents.map(\.key.name) == [value]
    case "postfix_tls_version" where row.program == "smtpd":
      return counted.incidents.map(\.key.name) == [value]
    case "postfix_smtpd_lostconn_data":
      return row.kind == (value == "SSL_accept error" ? .tls : .lostConnection)
    case "postfix_anvil_conn_rate": return counted.peaks.map(\.value) == [Int(value)]
    case "postfix_anvil_conn_period": return counted.peaks.map(\.unit) == [value]
    case "postfix_postscreen_violation": return counted.postscreen == [value: 1]
    case "postfix_postscreen_access":
      // Words of releases before 3.6 stand for those of today.
      let word = value.hasPrefix("WHITE") ? "ALLOW" + value.dropFirst(5) : value
      return counted.postscreen == [word: 1]
    default: return nil
    }
  }

  @Test(.enabled(if: isThere, "SKIPPED: no ../shared/corpus beside this checkout"))
  func crowdsecFindsWhatWeCount() {
    let rows = rows("crowdsec")
    var checked = 0
    for (number, fields) in expectations("crowdsec") {
      let row = rows[number - 1]
      if let program = fields["program"] { #expect(program.hasSuffix(row.program)) }
      if let pid = fields["pid"] { #expect(row.pid == Int32(pid)) }
      if let reason = fields["reason"] { #expect(row.text.contains(reason), "line \(number)") }
      switch fields["log_type_enh"] {
      case "spam-attempt"?: #expect(row.kind == .authFailure)
      case "non-smtp-command"?: #expect(summary(row.line).incidents == [.nonSMTPCommand: 1])
      default: continue
      }
      checked += 1
    }
    #expect(checked == 3)
  }

  @Test(
    .enabled(if: isThere, "SKIPPED: no ../shared/corpus beside this checkout"),
    arguments: [
      "crowdsec", "ecs", "exporter-a", "exporter-b", "gateway", "grok", "journey", "rfc3339",
    ])
  func noFormOfARealServerIsUnknown(_ name: String) throws {
    let counted = tally(try #require(sharedFile("corpus/\(name).log"))).summary(now: testReference)
    #expect(counted.unknownLines == 0)
    #expect(counted.postfixLines > 0)
    #expect(counted.rejects == rows(name).filter { $0.kind == .reject }.count)
    #expect(counted.trial == rows(name).filter { $0.kind == .trial }.count)
    if name == "gateway" {
      #expect(counted.trial == 11)
      #expect(counted.connections == 96)
    }
  }
}
