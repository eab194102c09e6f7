import PostfixConfig

/// Something that stands in the way, with its place and remedy where known.
public struct Problem: Hashable, Sendable, Error {
  /// The file's name: `main.cf`, or a path.
  public var file: String?
  /// The line in that file, from 1.
  public var line: Int?
  /// One sentence: what is wrong.
  public var reason: String
  /// One sentence: what to do.
  public var remedy: String?

  /// Creates a problem.
  public init(file: String? = nil, line: Int? = nil, reason: String, remedy: String? = nil) {
    self.file = file
    self.line = line
    self.reason = reason
    self.remedy = remedy
  }
}

/// What a private instance of the real Postfix said of the candidate.
public enum PreflightVerdict: Hashable, Sendable {
  /// It works; the notes say what could not be judged.
  case passed(notes: [String])
  case blocked([Problem])
  /// It could not be tried; one sentence why.
  case skipped(reason: String)
}

/// The answer to `Effect.review`.
public struct ReviewResult: Hashable, Sendable {
  /// The edits that were reviewed; a result for other edits is out of date.
  public var edits: [Edit]
  /// The unified diff that applying will make.
  public var diff: String
  /// Mistakes in the candidate, worst first, each marked whether the draft added it.
  public var findings: [Finding]
  /// What the real Postfix says of the candidate.
  public var preflight: PreflightVerdict
  /// Recently accepted clients that would be refused from now on, and other news to read before
  /// the yes.
  public var consequences: [String]
  /// News that is good, or that nothing follows from: what of recently accepted mail was looked at.
  public var comforts: [String]

  /// One sentence when another program generates the files: which, and where a change would last.
  public var foreignOwner: String?
  /// One sentence when a file has several names (hard links): what becomes of the others.
  public var otherNames: String?

  /// Creates a result.
  public init(
    edits: [Edit], diff: String, findings: [Finding], preflight: PreflightVerdict,
    consequences: [String] = [], comforts: [String] = []
  ) {
    self.edits = edits
    self.diff = diff
    self.findings = findings
    self.preflight = preflight
    self.consequences = consequences
    self.comforts = comforts
  }

  /// Findings for which there is a fix, those of the draft first.
  public var fixable: [Finding] {
    let all = findings.filter { !$0.fix.isEmpty }
    return all.filter(\.addedByDraft) + all.filter { !$0.addedByDraft }
  }

  /// True when the draft must not be applied.
  public var isBlocked: Bool {
    if case .blocked = preflight { return true }
    return findings.contains { $0.addedByDraft && $0.findingClass.blocks }
  }

  /// True when applying takes a deliberate yes.
  public var needsYes: Bool {
    foreignOwner != nil || otherNames != nil || hurtsOwnUsers
  }

  /// The weightiest of what takes a yes.
  var reasonForYes: String {
    if hurtsOwnUsers { return "This hurts own users" }
    return foreignOwner != nil ? "Another program owns the file" : "The file has other names"
  }

  /// True when the draft turns the server's own users away.
  public var hurtsOwnUsers: Bool {
    findings.contains { $0.addedByDraft && $0.findingClass == .hurtsOwnUsers }
  }
}

/// The open Review: a draft on its way into main.cf.
public struct ReviewState: Hashable, Sendable {
  /// How far it is.
  public enum Phase: Hashable, Sendable {
    case checking
    case ready(ReviewResult)
    /// What is being done now.
    case applying(String)
    case failed([Problem])
  }

  /// How far the Review is.
  public var phase: Phase
  /// The diff, known at once.
  public var diff: String
  /// What changes for clients, in words, known at once.
  public var difference: [String]
  /// Enter was pressed while the checks ran: apply when they find nothing.
  public var appliesWhenClean = false
  /// Apply with a confirm window: the change is taken back unless it is kept in time.
  public var isGuarded = false

  init(diff: String, difference: [String] = []) {
    phase = .checking
    self.diff = diff
    self.difference = difference
  }

  /// The result, once there is one.
  public var result: ReviewResult? {
    if case .ready(let result) = phase { result } else { nil }
  }
}
