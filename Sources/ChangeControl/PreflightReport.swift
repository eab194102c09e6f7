import PostfixConfig

/// What Postfix itself, asked in private, has against a configuration.
public struct ServiceProblem: Hashable, Sendable, Codable {
  /// What it would do to the mail.
  public var problemClass: FindingClass
  /// The smtpd service that showed it, as `smtp/inet`; nil when all of Postfix is concerned.
  public var service: String?
  /// One sentence.
  public var message: String
}

/// The verdict on a candidate before anything is written.
public struct PreflightReport: Hashable, Sendable {
  /// What our own checks say, old faults included; those the draft added are marked.
  public var findings: [Finding] = []
  /// What the private Postfix showed that the present configuration does not show.
  public var problems: [ServiceProblem] = []
  /// Warnings and errors in Postfix's own words.
  public var postfixWords: [String] = []
  /// A warning that another tool generates main.cf, and where a change would last; nil when none does.
  public var foreignOwner: String?
  /// A warning that a file has several names (hard links), of which only one would get the new text; nil
  /// when none has.
  public var otherNames: String?
  /// What could not be judged, one sentence each.
  public var notJudged: [String] = []
  /// How long it took.
  public var seconds = 0.0

  /// A report that has nothing against the candidate.
  public init() {}

  /// The findings that the draft brought in and that forbid it.
  public var blockingFindings: [Finding] {
    findings.filter { $0.addedByDraft && $0.findingClass.blocks }
  }

  /// True when the candidate must not be written.
  public var blocks: Bool { !problems.isEmpty || !blockingFindings.isEmpty }

  /// True when it may be written only after an explicit yes.
  public var asks: Bool {
    foreignOwner != nil || otherNames != nil
      || findings.contains { $0.addedByDraft && $0.findingClass == .hurtsOwnUsers }
  }

  /// What is against writing the files at all, whatever the change is.
  public var warnings: [String] { [foreignOwner, otherNames].compactMap { $0 } }

  /// Each reason against the candidate, one sentence with its place.
  public var objections: [String] {
    let added = findings.filter {
      $0.addedByDraft && ($0.findingClass.blocks || $0.findingClass == .hurtsOwnUsers)
    }
    return warnings
      + added.map { finding in
        let place = finding.location
        return "\(place.file.rawValue):\(place.line): \(finding.message)"
      }
      + problems.map { problem in
        (problem.service.map { "\($0): " } ?? "") + problem.message
      }
  }
}
