import PostfixConfig
import PostfixHost

/// The stand-ins for a draft that only switches restrictions on.
struct AdditionVariants {
  static let aloneName = "alone"
  static let reachedName = "reached"
  static let presentName = "present"
  static let reverseName = "reverse"

  private let change: PolicyComparison
  private let verifies: Bool

  init(_ change: PolicyComparison, verifies: Bool) {
    self.change = change
    self.verifies = verifies
  }

  var all: [StandInVariant] { [alone, reached, present, reverse] }

  /// The same as ``alone``; smtpd learns the address by the PROXY protocol and looks its name up.
  private var reverse: StandInVariant {
    var reverse = variant(Self.reverseName, added: .keep)
    reverse.settings += ["smtpd_upstream_proxy_protocol=haproxy", "smtpd_peername_lookup=yes"]
    return reverse
  }

  /// What is added, behind all that permits; nothing else refuses.
  private var alone: StandInVariant {
    variant(Self.aloneName, added: .keep)
  }

  /// The same, but what is added refuses all that reach it: whoever passes never meets it.
  private var reached: StandInVariant {
    variant(Self.reachedName, added: .refuse)
  }

  /// The lists without what is added.
  private var present: StandInVariant {
    let change = change
    return StandInVariant(name: Self.presentName) { service, parameter, name, argument in
      change.adds(service, parameter, name, argument) ? .neutralise : .keep
    }
  }

  private func variant(_ name: String, added: StandInVariant.Treatment) -> StandInVariant {
    let change = change
    var variant = StandInVariant(name: name, settings: Self.settings, opensRelayList: true) {
      service, parameter, name, argument in
      if change.adds(service, parameter, name, argument) { return added }
      // Behind a bare permit smtpd would not see the relay protection that it wants to start.
      if parameter == Stage.relay.parameter && asciiLowercase(name) == "permit" {
        return .neutralise
      }
      return PolicyComparison.onlyRefuses(name) ? .neutralise : .keep
    }
    variant.verifiesAddresses = verifies
    return variant
  }

  /// The implicit checks are off: mail that was accepted has passed them.
  private static let settings =
    ReplyCodes.settings + [
      "smtpd_reject_unlisted_recipient=no", "smtpd_reject_unlisted_sender=no",
    ]
}

/// Puts questions about restrictions that are added; asks DNS as little as it can.
struct AdditionAsker {
  struct Answers {
    var verdicts: [Verdict]
    /// How sure each verdict is.
    var grades: [Grade]
  }

  private let shadow: ShadowServer
  private let grades: [RestrictionGrade]
  private let needsDNS: Bool
  private let needsHelo: Bool
  /// What DNS was asked about before, with the answer.
  private var known: [[String]: Verdict] = [:]
  /// What Postfix appends to a sender without a domain.
  private let ownDomain: String
  private let codes: ReplyCodes

  init(shadow: ShadowServer, grades: [RestrictionGrade], candidate: Configuration) {
    self.shadow = shadow
    self.grades = grades
    ownDomain = asciiLowercase(candidate.value(of: "myorigin") ?? "")
    codes = ReplyCodes(candidate)
    needsDNS = grades.contains { $0.grade == .askedToday }
    needsHelo = grades.contains(where: \.needsHelo)
  }

  mutating func ask(_ questions: [PastQuestion]) -> Answers {
    var answers = Answers(
      verdicts: questions.map { obstacle($0).map { .unknown($0) } ?? .accepted },
      grades: [Grade](repeating: needsHelo ? .heloNames : .exact, count: questions.count))
    var wanted = questions.indices.filter { answers.verdicts[$0] == .accepted }
    if needsDNS { wanted = reached(wanted, questions, &answers) }
    if needsDNS && grades.allSatisfy({ $0.grade == .askedToday }) {
      askOnceEach(wanted, questions, &answers)
    } else {
      let verdicts = askAlone(wanted.map { questions[$0] })
      for (index, verdict) in zip(wanted, verdicts) { answers.verdicts[index] = verdict }
    }
    for index in wanted { settle(index, questions[index], &answers) }
    return answers
  }

  /// Why a question cannot be put.
  private func obstacle(_ question: PastQuestion) -> Unjudged? {
    if !question.isWhole { return question.missing }
    let isOnlyHelo = grades.allSatisfy(\.needsHelo)
    if question.helo == nil && isOnlyHelo { return .heloUnknown }
    let isBareMaybe = question.isSenderRewritten && question.senderDomain == ownDomain
    if isBareMaybe && grades.contains(where: \.tellsBareSenders) { return .senderRewritten }
    return nil
  }

  /// The questions that get as far as the added restrictions; the others are judged.
  private func reached(
    _ wanted: [Int], _ questions: [PastQuestion], _ answers: inout Answers
  ) -> [Int] {
    let verdicts = shadow.ask(
      wanted.map { questions[$0] }, .variant(AdditionVariants.reachedName), needsDNS: false)
    var reached: [Int] = []
    for (index, verdict) in zip(wanted, verdicts) {
      answers.verdicts[index] = verdict
      if verdict.isRefused {
        reached.append(index)
        answers.grades[index] = .askedToday
      }
    }
    return reached
  }

  /// Asks smtpd as these clients; those without a verified name have their reverse name looked up
  /// again where a restriction looks at it.
  private func askAlone(_ questions: [PastQuestion]) -> [Verdict] {
    guard grades.contains(where: \.readsReverseName) else {
      return shadow.ask(
        questions, .variant(AdditionVariants.aloneName), needsDNS: needsDNS)
    }
    var verdicts = [Verdict](repeating: .unknown(.noAnswer), count: questions.count)
    for isNameless in [false, true] {
      let places = questions.indices.filter { (questions[$0].clientName == nil) == isNameless }
      let flavour = isNameless ? AdditionVariants.reverseName : AdditionVariants.aloneName
      let answers = shadow.ask(
        places.map { questions[$0] }, .variant(flavour), needsDNS: true, looksUpNames: isNameless)
      for (place, answer) in zip(places, answers) { verdicts[place] = answer }
    }
    return verdicts
  }

  /// One question for all that differ only in what DNS is not asked about.
  private mutating func askOnceEach(
    _ wanted: [Int], _ questions: [PastQuestion], _ answers: inout Answers
  ) {
    let keys = wanted.map { key(questions[$0]) }
    var firsts: [[String]: PastQuestion] = [:]
    for (index, key) in zip(wanted, keys) where known[key] == nil && firsts[key] == nil {
      firsts[key] = questions[index]
    }
    let order = firsts.keys.sorted { $0.joined(separator: "\n") < $1.joined(separator: "\n") }
    let verdicts = askAlone(order.compactMap { firsts[$0] })
    for (key, verdict) in zip(order, verdicts) { known[key] = verdict }
    for (index, key) in zip(wanted, keys) {
      answers.verdicts[index] = known[key] ?? .unknown(.noAnswer)
    }
  }

  /// All that the restrictions look at.
  private func key(_ question: PastQuestion) -> [String] {
    var key = [question.tag]
    for grade in grades {
      if grade.asksMailServers {
        key += [question.sender ?? ""] + question.recipients
        continue
      }
      switch Catalog.restriction(named: grade.name)?.stages.first {
      case .helo: key.append(question.helo ?? "")
      case .sender: key.append(question.senderDomain)
      case .recipient, .relay:
        key += Set(question.recipients.map(PastQuestion.domain(of:))).sorted()
      default: key += [question.clientAddress, question.clientName ?? ""]
      }
    }
    return key
  }

  /// A temporary failure says nothing; nor does a HELO check about a stand-in of a HELO name.
  private func settle(_ index: Int, _ question: PastQuestion, _ answers: inout Answers) {
    if case .refused(let refusal) = answers.verdicts[index] {
      let isTemporary = needsDNS && refusal.code == 450
      answers.verdicts[index] =
        isTemporary ? .unknown(.dnsFailed) : .refused(codes.restored(refusal))
    }
    if needsHelo && question.helo == nil { answers.verdicts[index] = .unknown(.heloUnknown) }
  }
}

extension RestrictionGrade {
  /// True when it asks other mail servers whether an address exists.
  var asksMailServers: Bool { canonicalName(name).hasPrefix("reject_unverified_") }

  /// True when it tells `root` from `root@` with our own domain.
  var tellsBareSenders: Bool {
    ["reject_non_fqdn_sender", "check_sender_access"].contains(canonicalName(name))
  }

  /// True when it looks at the name that the address maps to, verified or not.
  var readsReverseName: Bool { name.contains("reverse_client") }
}
