import PostfixConfig
import TextGrid

extension AppState {
  func reviewText(width: Int) -> PopupText {
    guard let review else { return PopupText(title: "Review") }
    var text = PopupText(title: reviewTitle(review), footer: reviewFooter(review))
    switch review.phase {
    case .checking:
      text.add("Checking with a private instance of Postfix…", .dim)
      if review.appliesWhenClean { text.add("Enter noted: applies if nothing is found.", .edited) }
    case .ready(let result): addResult(result, to: &text, width: width)
    case .applying(let step): text.add("\(step)…", .edited)
    case .failed(let problems):
      text.add("Not applied; the files are as they were.", .error)
      for problem in problems { addProblem(problem, to: &text, width: width) }
    }
    addDifference(review, to: &text, width: width)
    addRehearsal(to: &text, width: width)
    text.add()
    text.addDiff(review.result?.diff ?? review.diff)
    if let result = review.result {
      addNotes(result, to: &text, width: width)
      addOldFindings(result, to: &text, width: width)
    }
    return text
  }

  /// What changes for clients, before the bytes that do it.
  private func addDifference(_ review: ReviewState, to text: inout PopupText, width: Int) {
    if case .applying = review.phase { return }
    text.add()
    if review.difference.isEmpty {
      text.add("No list changes; what else the settings do is not said here.", .dim)
    }
    for sentence in review.difference { text.addWrapped(sentence, .edited, width: width) }
    if let message { text.addField("why", message, width: width) }
    if let trialSeconds {
      text.addField("trial ends", "after \(Format.span(seconds: trialSeconds))", width: width)
    }
    if review.isGuarded {
      text.addWrapped(
        "Without a yes (c) within \(confirmSeconds) s after applying, the change goes back.",
        .warning, width: width)
    }
  }

  private func reviewTitle(_ review: ReviewState) -> String {
    "Review: \(pendingEdits) \(pendingEdits == 1 ? "edit" : "edits")"
  }

  private func reviewFooter(_ review: ReviewState) -> String {
    switch review.phase {
    case .checking: return "Enter applies when clean   Esc back"
    case .applying: return ""
    case .failed: return "Enter checks again   Esc back"
    case .ready(let result):
      if result.isBlocked {
        let fix = result.fixable.isEmpty ? "" : "   f puts the fix into the draft"
        return "BLOCKED: mend the draft first\(fix)   Esc back"
      }
      if let reason = instance.readOnlyReason { return "read-only: \(reason)   Esc back" }
      let guarded =
        !instance.canGuard
        ? ""
        : review.isGuarded ? "   c no window   w \(confirmSeconds) s" : "   c confirm window"
      let key = result.needsYes ? "y anyway" : "Enter apply"
      let fix = result.fixable.isEmpty ? "" : "   f fix"
      let rehearse = instance.canRehearse ? "   r rehearse" : ""
      return "\(key)\(guarded)\(fix)\(rehearse)   m why   Esc back"
    }
  }

  private func addResult(_ result: ReviewResult, to text: inout PopupText, width: Int) {
    let added = result.findings.filter(\.addedByDraft)
    switch result.preflight {
    case .passed: if !result.isBlocked { text.add("Postfix accepts it.", .accept) }
    case .skipped(let reason):
      text.addWrapped("Not tried with Postfix: \(reason)", .warning, width: width)
    case .blocked(let problems):
      for problem in problems { addProblem(problem, to: &text, width: width) }
    }
    for warning in [result.foreignOwner, result.otherNames] {
      if let warning { text.addWrapped(warning, .warning, width: width) }
    }
    for finding in added { addFinding(finding, to: &text, width: width) }
    for line in result.consequences {
      // A line that is moved in belongs to the one above it.
      let indent = line.prefix { $0 == " " }.count
      text.addWrapped(line, .warning, width: width, indent: indent)
    }
    for line in result.comforts { text.addWrapped(line, .dim, width: width) }
  }

  /// What the private instance cannot judge is no reason to stop, but no secret either.
  private func addNotes(_ result: ReviewResult, to text: inout PopupText, width: Int) {
    guard case .passed(let notes) = result.preflight, !notes.isEmpty else { return }
    text.add()
    text.add("Not judged:", .dim)
    for note in notes { text.addWrapped(note, .dim, width: width, indent: 2) }
  }

  /// Faults that the draft did not bring in come last: they are no reason to stop.
  private func addOldFindings(_ result: ReviewResult, to text: inout PopupText, width: Int) {
    let old = result.findings.filter { !$0.addedByDraft }
    guard !old.isEmpty else { return }
    text.add()
    text.add("Was there before:", .dim)
    for finding in old { addFinding(finding, to: &text, width: width) }
  }

  private func addFinding(_ finding: Finding, to text: inout PopupText, width: Int) {
    let role: Role =
      switch finding.severity {
      case .error: .error
      case .warning: .warning
      case .hint: .dim
      }
    let place = "\(finding.location.file.rawValue):\(finding.location.line)"
    text.add("\(place): \(finding.findingClass.rawValue) [\(finding.code)]", role)
    text.addWrapped(finding.message, width: width, indent: 2)
    guard !finding.fix.isEmpty else { return }
    text.addWrapped("fix (f): \(summary(of: finding.fix))", .accept, width: width, indent: 2)
  }

  private func addProblem(_ problem: Problem, to text: inout PopupText, width: Int) {
    let place = [problem.file, problem.line.map(String.init)].compactMap(\.self)
      .joined(separator: ":")
    text.addWrapped(
      place.isEmpty ? problem.reason : "\(place): \(problem.reason)", .error, width: width)
    if let remedy = problem.remedy { text.addWrapped(remedy, width: width, indent: 2) }
  }
}
