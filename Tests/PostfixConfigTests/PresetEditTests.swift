import Testing

@testable import PostfixConfig

/// Every restriction of every preset is switched, and everything comes back byte for byte.
@Suite struct PresetEditTests {
  /// A preset in one of the forms in which files come.
  struct Form: CustomTestStringConvertible {
    var name: String
    var main: String
    var master: String

    var configuration: Configuration { Fixture.configuration(main, master: master) }
    var testDescription: String { name }
  }

  static let forms: [Form] = PresetTexts.all.enumerated().flatMap { index, text in
    let configuration = Fixture.configuration(text)
    let resets = Stage.allCases.map { Edit.resetParameter(name: $0.parameter, service: nil) }
    let rest = (try? configuration.applying(resets).mainText) ?? ""
    let forms = [
      Form(name: "preset \(index)", main: text, master: Fixture.master),
      Form(
        name: "preset \(index) in overrides of both spellings", main: rest,
        master: overrides(configuration)),
    ]
    // Line ends make a difference to the layout only, of which there are few kinds.
    guard index % 4 == 1 else { return forms }
    return forms + [
      Form(
        name: "preset \(index) with CR LF", main: text.replacing("\n", with: "\r\n"),
        master: PresetTexts.master.replacing("\n", with: "\r\n"))
    ]
  }

  /// The lists of a preset as overrides: `-o { name = value }` over several lines, `-o name=value`.
  private static func overrides(_ configuration: Configuration) -> String {
    var plain = "plain inet n - y - - smtpd\n"
    var braced = "braced inet n - y - - smtpd\n"
    for stage in Stage.allCases {
      guard let value = configuration.value(of: stage.parameter) else { continue }
      let words = listWords(value)
      guard !words.isEmpty, !words.contains(where: { $0.contains("$") }) else { continue }
      plain += "  # the \(stage) list\n  -o \(stage.parameter)=\(words.joined(separator: ","))\n"
      braced += "  -o { \(stage.parameter) =\n"
      for line in configuration.lines(of: stage) {
        braced += "     # what follows\n     \(line),\n"
      }
      braced += "     permit }\n"
    }
    return plain + braced + "# the end\n"
  }

  static func restrictions(_ configuration: Configuration) -> [Restriction] {
    var seen: Set<RestrictionTarget> = []
    return configuration.policy().services.flatMap { $0.lists.flatMap(\.restrictions) }.filter {
      $0.origin.location.line > 0 && seen.insert($0.target).inserted
    }
  }

  static func changedLines(_ old: Configuration, _ new: Configuration) -> [Int] {
    let pairs = [(old.main.bytes, new.main.bytes), (old.master.bytes, new.master.bytes)]
    let lines = pairs.flatMap { old, new in
      unifiedDiff(old: old, new: new, oldLabel: "a", newLabel: "b", context: 0)
        .utf8.split(separator: 10).dropFirst(2)
    }
    return [lines.count { $0.first == 45 }, lines.count { $0.first == 43 }]
  }

  static func comments(_ configuration: Configuration) -> [String] {
    [configuration.main.text, configuration.master.text].flatMap { text in
      text.kinds.indices.filter {
        text.kinds[$0] == .comment
          && OffRestriction(text, line: $0, grammar: configuration.grammar) == nil
      }.map { text.string(text.content(of: $0)) }
    }
  }

  @Test(arguments: forms) func everySwitchTouchesOneLineAndComesBack(form: Form) throws {
    let original = form.configuration
    for restriction in Self.restrictions(original) {
      let target = restriction.target
      let source = try original.source(of: target)
      guard !original.isConditional(source) else {
        #expect(throws: EditError.self) { try original.applying([.setState(target, .off)]) }
        continue
      }
      let (index, elements) = try original.locate(target, source)
      let text = try #require(original.text(of: source))
      let range = elements[index].range
      let height = 1 + text.line(at: range.upperBound - 1) - text.line(at: range.lowerBound)
      for state in RestrictionState.allCases where state != restriction.state {
        let edit = Edit.setState(target, state)
        if state == .trial, Catalog.restriction(named: target.name)?.refuses == false {
          #expect(throws: EditError.self) { try original.applying([edit]) }
          continue
        }
        let draft = try original.applying([edit])
        let changed = Self.changedLines(original, draft)
        let standsAlone = original.standsAlone(elements[index], source)
        #expect(changed[0] <= height && changed[1] <= height, "\(target)")
        #expect(changed == [1, 1] || height > 1, "\(edit)")
        #expect(Self.comments(draft) == Self.comments(original), "\(edit)")
        let inverse = try #require(edit.inverse(in: original), "\(edit)")
        #expect(try draft.applying([inverse]) == original, "\(edit)")
        guard state != .off || standsAlone else {
          try Self.expectReturnToItsPlace(restriction, edit, original, draft)
          continue
        }
        #expect(try draft.applying([.setState(target, restriction.state)]) == original, "\(edit)")
      }
    }
  }

  /// What left no trace in its line goes back to its place when it is switched on again.
  private static func expectReturnToItsPlace(
    _ restriction: Restriction, _ edit: Edit, _ original: Configuration, _ draft: Configuration
  ) throws {
    for service in original.policy().services {
      for list in service.lists {
        let same = list.restrictions.filter {
          $0.target.parameter == restriction.target.parameter
            && $0.target.override == restriction.target.override
            && $0.target.name == restriction.target.name
            && $0.target.argument == restriction.target.argument
        }
        guard same.count == 1, same[0].target == restriction.target else { continue }
        let insertion = Edit.insert(
          stage: list.stage, service: service.service.description, name: restriction.target.name,
          argument: restriction.target.argument, state: same[0].state)
        let back = try #require(
          insertion.returning(edit, madeOn: original, to: draft), "\(insertion)")
        #expect(try draft.applying([back]) == original, "\(edit)")
        #expect(insertion.returning(edit, madeOn: original, to: original) == nil)
      }
    }
  }

  @Test(arguments: forms) func everyOtherEditComesBack(form: Form) throws {
    let original = form.configuration
    for (number, restriction) in Self.restrictions(original).enumerated() {
      let target = restriction.target
      var edits: [Edit] = [.remove(target), .move(target, offset: number % 2 == 0 ? 1 : -1)]
      if target.argument != nil { edits.append(.setArgument(target, "hash:/other")) }
      for edit in edits { try Self.expectReturn(edit, original) }
    }
    for service in original.master.smtpdEntries.map(\.id).suffix(1) {
      for stage in Stage.allCases {
        for info in Catalog.offered(for: stage, version: original.environment.version) {
          try Self.expectReturn(
            .insert(
              stage: stage, service: service.description, name: info.name, argument: nil,
              state: .on), original)
        }
      }
    }
    for name in original.main.parameterNames + ["smtpd_banner"] {
      for value in ["yes", "", "\n  a,\n  b"] {
        try Self.expectReturn(.setParameter(name: name, value: value, service: nil), original)
      }
      try Self.expectReturn(.resetParameter(name: name, service: nil), original)
    }
    for entry in original.master.entries {
      for name in entry.overrides.map(\.name) + ["smtpd_banner"] {
        let service = entry.id.description
        try Self.expectReturn(.setParameter(name: name, value: "a, b", service: service), original)
        try Self.expectReturn(.resetParameter(name: name, service: service), original)
      }
    }
  }

  /// The edit says why it does not fit, or it keeps the comments and its inverse gives the old text.
  private static func expectReturn(_ edit: Edit, _ original: Configuration) throws {
    let draft: Configuration
    do {
      draft = try original.applying([edit])
    } catch {
      return #expect(!error.message.isEmpty)
    }
    guard draft != original else { return }
    #expect(comments(draft) == comments(original), "\(edit)")
    let inverse = try #require(edit.inverse(in: original), "\(edit)")
    #expect(try draft.applying([inverse]) == original, "\(edit) \(inverse)")
  }
}

extension Configuration {
  /// Where a target that stands in the text has it.
  func source(of target: RestrictionTarget) throws -> ValueSource {
    var copy = self
    return try copy.source(for: target)
  }

  /// True for a value that is one `${ }` expression, whose words cannot be edited.
  fileprivate func isConditional(_ source: ValueSource) -> Bool {
    traced(source, owner: 0, grammar: grammar).bytes.starts(with: "${".utf8)
  }

  /// The restrictions of a list as one would write them, one a line.
  fileprivate func lines(of stage: Stage) -> [String] {
    guard let list = policy().services.first?.lists.first(where: { $0.stage == stage }) else {
      return []
    }
    return list.restrictions.filter { $0.classes.isEmpty && $0.state != .off }.map {
      ($0.state == .trial ? "warn_if_reject " : "") + $0.name
        + ($0.argument.map { " \($0)" } ?? "")
    }
  }
}
