import PostfixConfig

/// What an answer does not know, in sentences.
struct Unknowns {
  let run: RehearsalRun
  let answer: RehearsalAnswer

  var sentences: [String] {
    var sentences: [String] = []
    for grade in run.grades where grade.grade != .exact {
      sentences.append("\(Self.text(grade)): \(grade.reason)")
    }
    sentences += counted(answer.accepted.unjudged, "accepted mails were not judged: ")
    sentences += counted(answer.refused.unjudged, "refused mails were not judged: ")
    sentences += run.leftOut.map { "what \($0) would answer is not known" }
    let failed = run.shadowWords.count { $0.contains("RBL lookup error") }
    if failed > 0 {
      sentences.append(
        "\(failed) kinds of DNS list questions failed; those clients count as passed")
    }
    sentences += milters
    sentences.append(
      "mail that came when the log of the window had not begun or was lost is not in it")
    return sentences
  }

  private func counted(_ counts: [Unjudged: Int], _ words: String) -> [String] {
    counts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      "\($0.value) \(words)\($0.key.words)"
    }
  }

  private var milters: [String] {
    let value = run.candidate.value(of: "smtpd_milters") ?? ""
    return value.isEmpty ? [] : ["what the milters would answer is not known"]
  }

  private static func text(_ grade: RestrictionGrade) -> String {
    grade.argument.map { "\(grade.name) \($0)" } ?? grade.name
  }
}
