import Testing

@testable import PostfixConfig

/// A mistake, and what the checks must say of it.
struct CheckCase: Sendable, CustomTestStringConvertible {
  /// What every case starts from: sound, and with nothing to mend.
  static let sound =
    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
  static let oneService = "smtp inet n - y - - smtpd\n"

  /// The text that holds the mistake, appended to main.cf.
  var main: String
  var master: String
  /// What stands in main.cf before it.
  var before: String
  var code: String
  var findingClass: FindingClass
  /// True when the finding offers edits that mend it.
  var isMended: Bool
  /// The line of the finding, counted from the first line of the mistake.
  var line: Int?
  var tables: [TableReference: TableStatus]

  init(
    _ main: String, _ code: String, _ findingClass: FindingClass, mended: Bool = false,
    line: Int? = 1, before: String = CheckCase.sound, master: String = CheckCase.oneService,
    tables: [TableReference: TableStatus] = [:]
  ) {
    self.main = main
    self.code = code
    self.findingClass = findingClass
    isMended = mended
    self.line = line
    self.before = before
    self.master = master
    self.tables = tables
  }

  var testDescription: String { "\(code): \(main.isEmpty ? master : main)" }

  var sound: Configuration { Fixture.configuration(before, master: Self.oneService) }
  var faulty: Configuration { Fixture.configuration(before + main + "\n", master: master) }

  /// Finds it, calls it new, calls it old where it was before, and mends it where it says so.
  func verify() throws {
    #expect(!sound.findings(tables: tables).contains { $0.code == code })
    let findings = faulty.findings(tables: tables, comparedTo: sound).filter { $0.code == code }
    let finding = try #require(findings.first, "\(faulty.codes())")
    #expect(finding.findingClass == findingClass)
    #expect(finding.addedByDraft)
    #expect(!finding.message.isEmpty && finding.location.column > 0)
    if let line, finding.location.file == .main {
      let start = before.split(separator: "\n").count
      #expect(finding.location.line == start + line)
    }
    try verifyAge()
    #expect(finding.fix.isEmpty == !isMended, "\(finding.fix)")
    guard isMended else { return }
    // A mistake may stand in a list more than once; each finding mends its own.
    var mended = faulty
    for _ in findings {
      guard let next = mended.findings(tables: tables).first(where: { $0.code == code }) else {
        break
      }
      try mended = mended.applying(next.fix)
    }
    let left = mended.findings(tables: tables).filter { $0.code == code }
    #expect(left.isEmpty, "\(mended.mainText)\(mended.masterText)")
  }

  /// Lines above that come and go make no old fault new.
  private func verifyAge() throws {
    let shifted = Fixture.configuration(
      "# a line\n\nsmtpd_banner =\n  1\n" + before + main + "\n",
      master: "# a line\n" + master)
    let findings = shifted.findings(tables: tables, comparedTo: faulty).filter { $0.code == code }
    #expect(!findings.isEmpty && findings.allSatisfy { !$0.addedByDraft })
  }
}
