extension Configuration {
  /// The mistakes in this configuration; those absent from `baseline` are marked as added by the draft.
  ///
  /// - Parameters:
  ///   - tables: what the machine says of ``tableReferences()``.
  ///   - policyServers: what it says of ``policyServers()``.
  public func findings(
    tables: [TableReference: TableStatus] = [:],
    policyServers: [PolicyServer: PolicyServerStatus] = [:],
    comparedTo baseline: Configuration? = nil
  ) -> [Finding] {
    var findings = CheckContext(
      self, tables: tables, policyServers: policyServers, baseline: baseline
    ).findings()
    guard let baseline, baseline != self else { return findings }
    var known: [FaultIdentity: Int] = [:]
    for finding in CheckContext(baseline, tables: tables, policyServers: policyServers)
      .findings()
    {
      known[FaultIdentity(finding), default: 0] += 1
    }
    for index in findings.indices {
      let identity = FaultIdentity(findings[index])
      if let left = known[identity], left > 0 {
        known[identity] = left - 1
      } else {
        findings[index].addedByDraft = true
      }
    }
    return findings
  }
}

/// What makes two findings the same fault in two states of the files; no line number is part of it.
private struct FaultIdentity: Hashable {
  var code: String
  var file: ConfigFile
  var subject: String

  init(_ finding: Finding) {
    code = finding.code
    file = finding.location.file
    subject = finding.subject
  }
}
