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
    text.add()
    text.addDiff(review.result?.diff ?? review.diff)
    return text
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
      if result.isBlocked { return "BLOCKED: mend the draft first   Esc back" }
      if let reason = instance.readOnlyReason { return "read-only: \(reason)   Esc back" }
      let guarded =
        !instance.canGuard
        ? ""
        : review.isGuarded
          ? "   c no confirm window (goes back after \(Self.confirmSeconds) s)"
          : "   c confirm window"
      let key = result.needsYes ? "y applies all the same" : "Enter applies and reloads"
      return "\(key)\(guarded)   Esc back"
    }
  }

  private func addResult(_ result: ReviewResult, to text: inout PopupText, width: Int) {
    let added = result.findings.filter(\.addedByDraft)
    switch result.preflight {
    case .passed(let notes):
      if !result.isBlocked { text.add("Postfix accepts it.", .accept) }
      for note in notes { text.addWrapped(note, .dim, width: width) }
    case .skipped(let reason):
      text.addWrapped("Not tried with Postfix: \(reason)", .warning, width: width)
    case .blocked(let problems):
      for problem in problems { addProblem(problem, to: &text, width: width) }
    }
    for finding in added { addFinding(finding, to: &text, width: width) }
    for line in result.consequences { text.addWrapped(line, .warning, width: width) }
    let old = result.findings.filter { !$0.addedByDraft }
    guard !old.isEmpty else { return }
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
  }

  private func addProblem(_ problem: Problem, to text: inout PopupText, width: Int) {
    let place = [problem.file, problem.line.map(String.init)].compactMap(\.self)
      .joined(separator: ":")
    text.addWrapped(
      place.isEmpty ? problem.reason : "\(place): \(problem.reason)", .error, width: width)
    if let remedy = problem.remedy { text.addWrapped(remedy, width: width, indent: 2) }
  }
}
