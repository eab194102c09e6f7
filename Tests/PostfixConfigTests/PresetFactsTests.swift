import TestSupport
import Testing

@testable import PostfixConfig

/// The presets of these tests are those that were collected, each of them, list by list.
@Suite struct PresetFactsTests {
  /// A section of the collection with its settings.
  private struct Section {
    var title: String
    var settings = ""
  }

  private static func sections() -> [Section]? {
    guard let bytes = sharedFile("facts/presets.md") else { return nil }
    var sections: [Section] = []
    var isInside = false
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for line in lines {
      if line.hasPrefix("## ") {
        sections.append(Section(title: String(line.dropFirst(3))))
      } else if line.hasPrefix("```") {
        isInside.toggle()
      } else if isInside, !sections.isEmpty {
        sections[sections.count - 1].settings += filled(line) + "\n"
      }
    }
    return sections.filter { $0.title.first?.isNumber == true && !$0.settings.isEmpty }
  }

  /// The line with a file name for `<map>`, without the switches of a template: `[policy]`.
  private static func filled(_ line: Substring) -> String {
    var text = ""
    var depth = 0
    for character in line {
      if character == "<" { depth += 1 }
      if depth == 0 { text.append(character) }
      if character == ">", depth > 0 {
        depth -= 1
        if depth == 0 { text += "/x" }
      }
    }
    // An expression such as `<level {1}` is no place to be filled.
    if text.contains("${") || depth > 0 { text = String(line) }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return words.filter { word in
      !(word.first == "[" && word.last == "]"
        && word.allSatisfy { $0.isLetter || "[]".contains($0) })
    }.joined(separator: " ").drop { $0 == " " && text.first != " " }.description
  }

  private static func names(_ configuration: Configuration, _ stage: Stage) -> [String] {
    configuration.list(stage)?.restrictions.map { $0.name.asciiLowercased } ?? []
  }

  /// True when the names of `part` stand in `whole` in the same order.
  private static func stands(_ part: [String], in whole: [String]) -> Bool {
    var rest = whole[...]
    return part.allSatisfy { name in
      guard let place = rest.firstIndex(of: name) else { return false }
      rest = rest[(place + 1)...]
      return true
    }
  }

  @Test func eachCollectedPresetIsTested() throws {
    guard let sections = Self.sections() else {
      return print("SKIPPED: the collection of presets is not at hand")
    }
    // What is described in words only has no settings to compare: master.cf's submission and YaST.
    let texts = PresetTexts.all.filter { $0 != PresetTexts.yast }
    try #require(sections.count == texts.count, "\(sections.map(\.title))")
    for (section, text) in zip(sections, texts) {
      let (theirs, ours) = (
        Fixture.configuration(section.settings), Fixture.configuration(text)
      )
      var lists = 0
      for stage in Stage.allCases where theirs.main.definition(of: stage.parameter) != nil {
        let wanted = Self.names(theirs, stage).filter { !$0.hasPrefix("/") }
        let found = Self.names(ours, stage)
        #expect(
          Self.stands(wanted, in: found), "\(section.title) \(stage): \(wanted) and not \(found)")
        lists += 1
      }
      #expect(lists > 0, "\(section.title)")
    }
  }
}
