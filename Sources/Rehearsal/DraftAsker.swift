import PostfixConfig
import PostfixHost

/// The stand-ins for drafts that do more than switch restrictions on.
enum DraftVariants {
  static let withoutHeloName = "nohelo"

  /// For mail whose HELO name is not known: HELO checks that the draft does not touch, which such mail
  /// has passed, decide nothing.
  static func withoutHelo(_ change: PolicyComparison) -> StandInVariant {
    StandInVariant(name: withoutHeloName) { service, parameter, name, argument in
      let readsHelo = Catalog.restriction(named: name)?.stages.first == .helo
      let isChanged = change.adds(service, parameter, name, argument)
      return readsHelo && !isChanged && PolicyComparison.onlyRefuses(name) ? .neutralise : .keep
    }
  }
}

/// Puts questions to two configurations.
struct DraftAsker {
  struct Answers {
    var after: [Verdict]
    /// Where it was asked.
    var before: [Int: Verdict]
  }

  let after: ShadowServer
  let before: ShadowServer
  let needsDNS: Bool

  /// Asks the candidate everything, and the present configuration what `askBefore` picks.
  func ask(_ questions: [PastQuestion], askBefore: (Verdict) -> Bool) -> Answers {
    let all = Array(questions.indices)
    var answers = Answers(after: verdicts(all, questions, after), before: [:])
    let picked = all.filter { askBefore(answers.after[$0]) }
    for (index, verdict) in zip(picked, verdicts(picked, questions, before)) {
      answers.before[index] = verdict
    }
    return answers
  }

  private func verdicts(
    _ indices: [Int], _ questions: [PastQuestion], _ shadow: ShadowServer
  ) -> [Verdict] {
    var result = indices.map { index -> Verdict in
      let question = questions[index]
      return question.isWhole ? .accepted : .unknown(question.missing)
    }
    for hasHelo in [true, false] {
      let places = result.indices.filter {
        result[$0] == .accepted && (questions[indices[$0]].helo != nil) == hasHelo
      }
      let flavour: PrivateInstance.Flavour =
        hasHelo ? .faithful : .variant(DraftVariants.withoutHeloName)
      let answers = shadow.ask(
        places.map { questions[indices[$0]] }, flavour, needsDNS: needsDNS)
      for (place, verdict) in zip(places, answers) { result[place] = verdict }
    }
    return result
  }
}
