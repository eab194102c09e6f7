import Attribution
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// One rehearsal under way.
struct RehearsalRun {
  let rehearsal: Rehearsal
  let base: Configuration
  let candidate: Configuration
  let traffic: PastTraffic
  let deadline: Double
  let change: PolicyComparison
  let grades: [RestrictionGrade]
  let policy: Policy
  private(set) var answer = RehearsalAnswer(subject: "", restrictions: [])
  var leftOut: [String] = []
  var shadowWords: [String] = []

  init(
    rehearsal: Rehearsal, base: Configuration, candidate: Configuration, edits: [Edit],
    traffic: PastTraffic, deadline: Double
  ) {
    self.rehearsal = rehearsal
    self.base = base
    self.candidate = candidate
    self.traffic = traffic
    self.deadline = deadline
    policy = candidate.policy()
    change = PolicyComparison(base: base.policy(), candidate: policy, edits: edits)
    grades = change.grades(verifies: rehearsal.limits.verifiesAddresses)
  }

  mutating func answer(_ subject: String) throws(RehearsalError) -> RehearsalAnswer {
    answer.subject = subject
    answer.restrictions = grades
    answer.since = traffic.firstLine
    answer.until = traffic.lastLine
    if change.isAdditive {
      try rehearseAddition()
    } else if change.isSubtractive {
      try rehearseRemoval()
    } else {
      try rehearseDraft()
    }
    tell()
    return answer
  }

  // MARK: A draft that only switches restrictions on

  /// Mail that was accepted has passed all that was on: only what is added is asked, and what stands in
  /// front of it and permits. Mail that was refused stays refused where its reason stays.
  private mutating func rehearseAddition() throws(RehearsalError) {
    let isKnowable = grades.contains { $0.grade != .notKnowable }
    guard isKnowable else { return judgeNothing() }
    let shadow = try start(candidate, variants: AdditionVariants(change, verifies: verifies).all)
    defer { shadow.stop() }
    if verifies { shadow.verify() }
    var asker = AdditionAsker(shadow: shadow, grades: grades, candidate: candidate)
    let accepted = asker.ask(traffic.accepted.map(\.question))
    let verdicts = zip(traffic.accepted, accepted.verdicts).map { mail, verdict in
      byTheDraft(verdict, mail.question).covering(mail)
    }
    weighAccepted(verdicts, grades: accepted.grades)
    let refused = asker.ask(traffic.refused.map(\.question))
    weighRefused(refused, shadow)
    note(shadow)
  }

  /// A refusal by what the draft does not touch is not its doing.
  private func byTheDraft(_ verdict: Verdict, _ question: PastQuestion) -> Verdict {
    guard case .refused(let refusal) = verdict else { return verdict }
    guard let cause = refusal.cause(of: question, policy: policy) else { return verdict }
    let names = Set(change.added.map(\.name))
    let isOurs =
      switch cause {
      case .restriction(let name, _): names.contains(canonicalName(name))
      case .open(let candidates): candidates.contains { names.contains($0.name) }
      }
    return isOurs || change.added.contains { !PolicyComparison.onlyRefuses($0.name) }
      ? verdict : .accepted
  }

  private mutating func weighRefused(_ alone: AdditionAsker.Answers, _ shadow: ShadowServer) {
    let present = base.policy()
    let settled = traffic.refused.map { mail in
      change.onlyRefuses && StandingCauses.stands(mail, in: present)
    }
    let open = traffic.refused.indices.filter {
      !settled[$0] && traffic.refused[$0].question.isWhole
    }
    let questions = open.map { traffic.refused[$0].question }
    let needsDNS = policy.asksDNS
    let before = shadow.ask(
      questions, .variant(AdditionVariants.presentName), needsDNS: needsDNS)
    let after = shadow.ask(questions, .faithful, needsDNS: needsDNS)
    var verdicts = zip(alone.verdicts, settled).map { verdict, isSettled in
      isSettled ? .stillRefused : verdict
    }
    var caught = 0
    var caughtAlone = 0
    let position = Dictionary(uniqueKeysWithValues: zip(open, open.indices))
    for (index, mail) in traffic.refused.enumerated() {
      let verdict = byTheDraft(alone.verdicts[index], mail.question)
      let isCaught = verdict.isRefused
      if isCaught { caught += 1 }
      if let place = position[index] {
        verdicts[index] = after[place].covering(mail)
        if isCaught && before[place] == .accepted { caughtAlone += 1 }
        if before[place].isRefused && verdicts[index] == .accepted { answer.admitted.append(mail) }
      }
      answer.refused.add(1, verdict, alone.grades[index])
    }
    answer.refused.total = traffic.refused.count
    answer.caught = caught
    answer.caughtAlone = caughtAlone
    answer.refusedVerdicts = verdicts
  }

  /// True when other mail servers are asked.
  private var verifies: Bool {
    rehearsal.limits.verifiesAddresses && grades.contains(where: \.asksMailServers)
  }

  private mutating func judgeNothing() {
    let nothing = Verdict.unknown(.notAskable)
    answer.accepted.total = traffic.acceptedCount
    answer.refused.total = traffic.refused.count
    answer.acceptedVerdicts = traffic.accepted.map { _ in nothing }
    answer.refusedVerdicts = traffic.refused.map { _ in nothing }
  }

  // MARK: A draft that only takes out what refuses

  /// Mail that was accepted stays accepted; what was refused is asked again where its reason goes.
  private mutating func rehearseRemoval() throws(RehearsalError) {
    weighAccepted(
      traffic.accepted.map { _ in .accepted }, grades: traffic.accepted.map { _ in .exact })
    let open = traffic.refused.indices.filter {
      !StandingCauses.stands(traffic.refused[$0], in: policy)
    }
    let shadow = try start(candidate, variants: [])
    defer { shadow.stop() }
    let asksDNS = policy.asksDNS
    var verdicts = [Verdict](repeating: .stillRefused, count: traffic.refused.count)
    var grades = [Grade](repeating: .exact, count: traffic.refused.count)
    let askable = open.filter { index in
      let question = traffic.refused[index].question
      if !question.isWhole { verdicts[index] = .unknown(question.missing) }
      return question.isWhole
    }
    let answers = shadow.ask(
      askable.map { traffic.refused[$0].question }, .faithful, needsDNS: asksDNS)
    for (index, verdict) in zip(askable, answers) {
      verdicts[index] = verdict.covering(traffic.refused[index])
      grades[index] = asksDNS ? .askedToday : .exact
      if verdicts[index] == .accepted { answer.admitted.append(traffic.refused[index]) }
    }
    for index in traffic.refused.indices { answer.refused.add(1, verdicts[index], grades[index]) }
    answer.refused.total = traffic.refused.count
    answer.refusedVerdicts = verdicts
    note(shadow)
  }

  // MARK: Any other draft

  /// Every question is put to the candidate, and to the present configuration where that matters.
  private mutating func rehearseDraft() throws(RehearsalError) {
    let variants = [DraftVariants.withoutHelo(change)]
    let after = try start(candidate, variants: variants)
    defer { after.stop() }
    let before = try start(base, variants: variants)
    defer { before.stop() }
    let present = base.policy()
    let grade: Grade = policy.asksDNS || present.asksDNS ? .askedToday : .exact
    let pair = DraftAsker(after: after, before: before, needsDNS: grade == .askedToday)
    let accepted = pair.ask(traffic.accepted.map(\.question), askBefore: \.isRefused)
    let verdicts = accepted.after.enumerated().map { index, verdict -> Verdict in
      // What the present configuration refuses too is not the draft's doing.
      let isOld = verdict.isRefused && accepted.before[index]?.isRefused == true
      return (isOld ? .accepted : verdict).covering(traffic.accepted[index])
    }
    weighAccepted(verdicts, grades: verdicts.map { _ in grade })
    let refused = pair.ask(traffic.refused.map(\.question), askBefore: { $0 == .accepted })
    let refusedAfter = zip(refused.after, traffic.refused).map { $0.covering($1) }
    for (index, mail) in traffic.refused.enumerated() {
      answer.refused.add(1, refusedAfter[index], grade)
      if refusedAfter[index] == .accepted, refused.before[index]?.isRefused == true {
        answer.admitted.append(mail)
      }
    }
    answer.refused.total = traffic.refused.count
    answer.refusedVerdicts = refusedAfter
    note(after)
    answer.questions += before.asked
  }

  // MARK: Common parts

  private func start(
    _ configuration: Configuration, variants: [StandInVariant]
  ) throws(RehearsalError) -> ShadowServer {
    do throws(InstanceError) {
      return try ShadowServer(
        configuration, of: rehearsal.instance, layout: rehearsal.layout,
        stagingDirectory: rehearsal.stagingDirectory, variants: variants,
        limits: rehearsal.limits, deadline: deadline)
    } catch {
      throw .noShadow("\(error)")
    }
  }

  private mutating func note(_ shadow: ShadowServer) {
    answer.questions += shadow.asked
    leftOut = shadow.leftOut
    shadowWords = shadow.words
  }

  private mutating func weighAccepted(_ verdicts: [Verdict], grades: [Grade]) {
    answer.acceptedVerdicts = verdicts
    answer.accepted.total = traffic.acceptedCount
    for (index, mail) in traffic.accepted.enumerated() {
      answer.accepted.add(mail.count, verdicts[index], grades[index])
    }
    if traffic.acceptedBeyondLimit > 0 {
      answer.accepted.unjudged[.beyondLimit] = traffic.acceptedBeyondLimit
    }
    answer.victims = VictimList(traffic: traffic, verdicts: verdicts, policy: policy).victims
    answer.lostMails = answer.victims.reduce(0) { $0 + $1.lost }
  }

  private mutating func tell() {
    answer.unknowns = Unknowns(run: self, answer: answer).sentences
  }
}

extension RehearsalAnswer.Coverage {
  mutating func add(_ count: Int, _ verdict: Verdict, _ grade: Grade) {
    if case .unknown(let reason) = verdict {
      unjudged[reason, default: 0] += count
    } else {
      judged[grade, default: 0] += count
    }
  }
}

extension Policy {
  /// True when some restriction that is on asks DNS while it judges.
  var asksDNS: Bool {
    services.contains { service in
      service.lists.contains { list in
        list.restrictions.contains { restriction in
          restriction.state == .on
            && RestrictionGrade(
              name: restriction.name, argument: restriction.argument, stage: list.stage
            ).grade == .askedToday
        }
      }
    }
  }
}
