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
    sentences += milters + postscreen + unfakeable + settings + sharedNames + tables
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
    let isSet = ["smtpd_milters", "smtpd_milter_maps"].contains { name in
      !services { run.candidate.value(of: name, service: $0)?.isEmpty == false }.isEmpty
    }
    return isSet ? ["what the milters would answer is not known"] : []
  }

  /// The services of which something holds, by the values that each of them reads.
  private func services(where holds: (ServiceID) -> Bool) -> [ServiceID] {
    run.policy.services.map(\.service).filter(holds)
  }

  /// Whom postscreen refused never met smtpd's restrictions.
  private var postscreen: [String] {
    run.policy.services.contains { $0.postscreen != nil }
      ? ["whom postscreen would refuse: only smtpd's lists were asked"] : []
  }

  /// Permits that look at what XCLIENT cannot pretend: whoever they let through looks like a victim.
  private var unfakeable: [String] {
    var names: Set<String> = []
    for list in run.policy.services.flatMap(\.lists) {
      for restriction in list.restrictions where restriction.state == .on {
        let name = asciiLowercase(restriction.name)
        let grade = RestrictionGrade(
          name: name, argument: restriction.argument, stage: list.stage)
        if name.hasPrefix("permit_") && grade.grade == .notKnowable { names.insert(name) }
      }
    }
    return names.sorted().map {
      "whom \($0) would let through is not known; they were asked as if it did not"
    }
  }

  private var settings: [String] {
    var sentences: [String] = []
    let early = services {
      asciiLowercase(run.candidate.value(of: "smtpd_delay_reject", service: $0) ?? "") == "no"
    }
    if !early.isEmpty {
      let names = early.map(\.description).joined(separator: " and ")
      sentences.append("smtpd_delay_reject = no in \(names): here every list ran at RCPT")
    }
    let rewriting = ["canonical_maps", "sender_canonical_maps", "masquerade_domains"].filter {
      !(run.base.value(of: $0) ?? "").isEmpty
    }
    if !rewriting.isEmpty, run.traffic.accepted.contains(where: \.question.isSenderRewritten) {
      sentences.append(
        "senders of accepted mail are known as \(rewriting.joined(separator: ", ")) rewrote them, "
          + "unless HELO names are recorded")
    }
    return sentences
  }

  /// Tables are read as they are now, whatever they held at the time.
  private var tables: [String] {
    let asks = run.policy.services.flatMap(\.lists).flatMap(\.restrictions).contains {
      $0.state == .on && asciiLowercase($0.name).hasSuffix("_access")
        && $0.argument?.hasPrefix("static:") != true
    }
    return asks ? ["what the access tables held at the time: they are asked as they are now"] : []
  }

  /// Services that log under one name: the log does not say which of them took the mail.
  private var sharedNames: [String] {
    let services = Dictionary(grouping: run.policy.services, by: \.tag)
    return services.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { tag, members in
      let names = members.map(\.service.description)
      return
        "\(names.joined(separator: " and ")) log under one name (\(tag)): all of their mail was "
        + "put to \(names[0])"
    }
  }

  private static func text(_ grade: RestrictionGrade) -> String {
    grade.argument.map { "\(grade.name) \($0)" } ?? grade.name
  }
}
