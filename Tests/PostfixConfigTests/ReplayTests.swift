import Testing

@testable import PostfixConfig

/// Edits that were made on one text, carried out on a text that somebody else changed.
@Suite struct ReplayTests {
  /// What somebody else may do to a file meanwhile.
  private static let foreignChanges: [@Sendable (String, String) -> String] = [
    { text, end in "# by somebody else\(end)smtpd_banner = new\(end)" + text },
    { text, end in text + "# at the end\(end)late_addition =\(end)   a,\(end)   b\(end)" },
  ]

  @Test(arguments: PresetEditTests.forms)
  func editsAndTheirInversesKeepForeignChanges(form: PresetEditTests.Form) throws {
    let original = form.configuration
    let end = form.main.contains("\r\n") ? "\r\n" : "\n"
    for restriction in PresetEditTests.restrictions(original) {
      let target = restriction.target
      for edit in [
        Edit.setState(target, .off), .remove(target),
        .setState(target, restriction.state == .trial ? .on : .trial),
      ] {
        guard let draft = try? original.applying([edit]),
          let inverse = edit.inverse(in: original)
        else { continue }
        for change in Self.foreignChanges {
          func changed(_ text: String) -> Configuration {
            Fixture.configuration(change(text, end), master: form.master)
          }
          var expected = changed(draft.mainText)
          expected.master = draft.master
          let both = try changed(form.main).applying([edit])
          #expect(both == expected, "\(edit)")
          let undone = try both.applying([inverse])
          #expect(undone == changed(form.main), "\(inverse)")
        }
      }
    }
  }

  @Test(arguments: PresetEditTests.forms)
  func editsOfNeighboursKeepEachOther(form: PresetEditTests.Form) throws {
    let original = form.configuration
    let all = PresetEditTests.restrictions(original)
    for (one, other) in zip(all, all.dropFirst()) where one.target != other.target {
      let theirs = Edit.setState(other.target, other.state == .trial ? .on : .trial)
      let ours = Edit.setState(one.target, .off)
      guard let foreign = try? original.applying([theirs]),
        let draft = try? original.applying([ours]), let inverse = ours.inverse(in: original)
      else { continue }
      let both = try foreign.applying([ours])
      #expect(try draft.applying([theirs]) == both, "\(ours) and \(theirs)")
      // The neighbour may be what told the place; then the edit is refused, never guessed.
      guard let undone = try? both.applying([inverse]) else { continue }
      #expect(undone == foreign, "\(inverse)")
    }
  }

  @Test func saysWhatNoLongerFits() throws {
    let text = "smtpd_helo_restrictions = permit_mynetworks, reject_rbl_client a.example, permit\n"
    let original = Fixture.configuration(text)
    let target = RestrictionTarget(
      parameter: "smtpd_helo_restrictions", name: "reject_rbl_client", argument: "a.example")
    let elsewhere = RestrictionTarget(
      parameter: "smtpd_client_restrictions", override: "submission/inet", name: "permit")
    let gone = Fixture.configuration("smtpd_helo_restrictions = permit_mynetworks, permit\n")
    for edit in [
      Edit.setState(target, .off), .setState(target, .trial), .remove(target),
      .move(target, offset: 1), .setArgument(target, "b.example"),
    ] {
      #expect(throws: EditError.self) { try gone.applying([edit]) }
      #expect(throws: EditError.self) { try Fixture.configuration("").applying([edit]) }
    }
    #expect(throws: EditError.self) {
      try Fixture.configuration("", master: "").applying([.remove(elsewhere)])
    }
    #expect(throws: EditError.self) { try original.applying([.move(target, offset: 2)]) }
    #expect(throws: EditError.self) { try original.applying([.move(target, offset: -2)]) }
  }

  @Test func restoresWhereTheNeighboursStandAndNowhereElse() throws {
    let text = "smtpd_helo_restrictions = permit_mynetworks, reject_rbl_client a.example, permit\n"
    let original = Fixture.configuration(text)
    let target = RestrictionTarget(
      parameter: "smtpd_helo_restrictions", name: "reject_rbl_client", argument: "a.example")
    let edit = Edit.setState(target, .off)
    let inverse = try #require(edit.inverse(in: original))
    #expect(try original.applying([edit, inverse]) == original)
    let longer = Fixture.configuration(
      "smtpd_helo_restrictions = reject_unknown_client, permit_mynetworks, permit\n")
    #expect(
      try longer.applying([inverse]).mainText
        == "smtpd_helo_restrictions = reject_unknown_client, permit_mynetworks, reject_rbl_client a.example, permit\n"
    )
    for other in [
      "smtpd_helo_restrictions = permit_mynetworks, reject_unknown_client, permit\n",
      "smtpd_helo_restrictions = permit_mynetworks, permit, permit_mynetworks, permit\n",
      "smtpd_client_restrictions = permit_mynetworks, permit\n", "",
    ] {
      #expect(throws: EditError.self) { try Fixture.configuration(other).applying([inverse]) }
    }
  }

  @Test func aParameterThatWasSetAnewIsNotRestored() throws {
    let original = Fixture.configuration("x = 1\ny =\n  a\n  # note\n  b\nz = 2\n")
    let edit = Edit.resetParameter(name: "y", service: nil)
    let inverse = try #require(edit.inverse(in: original))
    let draft = try original.applying([edit])
    #expect(draft.mainText == "x = 1\n  # note\nz = 2\n")
    #expect(try draft.applying([inverse]) == original)
    let anew = Fixture.configuration(draft.mainText + "y = other\n")
    #expect(throws: EditError.self) { try anew.applying([inverse]) }
  }
}
