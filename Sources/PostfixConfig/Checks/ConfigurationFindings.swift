extension Configuration {
  /// The mistakes in this configuration; those absent from `baseline` are marked as added by the draft.
  public func findings(
    tables: [TableReference: TableStatus] = [:], comparedTo baseline: Configuration? = nil
  ) -> [Finding] {
    var findings = CheckContext(self, tables: tables).findings()
    guard let baseline else { return findings }
    func key(_ finding: Finding) -> String { "\(finding.code)\u{0}\(finding.message)" }
    let old = Set(CheckContext(baseline, tables: tables).findings().map(key))
    for index in findings.indices where !old.contains(key(findings[index])) {
      findings[index].addedByDraft = true
    }
    return findings
  }
}
