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
