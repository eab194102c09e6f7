/// One restriction of a raw value, with the places of its words in the file.
struct ListElement {
  var name: String
  var argument: String?
  var state: RestrictionState
  /// True for `$name`, which stands for text elsewhere.
  var isReference: Bool
  var trialRange: Range<Int>?
  var nameRange: Range<Int>
  var argumentRange: Range<Int>?
  /// The place of the `#` when it is off.
  var hash: Int?
  /// Counts equal restrictions of the same value from 0.
  var occurrence = 0

  /// What an edit means by it, without the places.
  var content: [String] { [name.asciiLowercased, argument ?? "", state.rawValue] }

  /// From the first word to the last.
  var range: Range<Int> {
    let start = trialRange?.lowerBound ?? nameRange.lowerBound
    return start..<(argumentRange?.upperBound ?? nameRange.upperBound)
  }
}

extension Configuration {
  /// The restrictions as they stand in one value, `$` not expanded, those that are off included.
  func elements(of source: ValueSource, grammar: RestrictionGrammar) -> [ListElement] {
    guard let text = text(of: source) else { return [] }
    let traced = traced(source, owner: 0, grammar: grammar)
    let words = traced.words()
    func place(_ index: Int) -> Range<Int> {
      let range = words[index].range
      return Int(traced.offsets[range.lowerBound])..<Int(traced.offsets[range.upperBound - 1]) + 1
    }
    var seen: [String: Int] = [:]
    return grammar.assemble(words).compactMap { assembly in
      var element: ListElement
      if words[assembly.name].isComment {
        let line = text.line(at: place(assembly.name).lowerBound)
        guard let off = OffRestriction(text, line: line, grammar: grammar) else { return nil }
        element = ListElement(
          name: off.name, argument: off.argument, state: .off, isReference: false,
          trialRange: off.isTrial ? off.range.lowerBound..<off.nameRange.lowerBound : nil,
          nameRange: off.nameRange, argumentRange: off.argumentRange, hash: off.hash)
      } else {
        let name = words[assembly.name].text
        element = ListElement(
          name: name, argument: assembly.argument.map { words[$0].text },
          state: assembly.trial == nil ? .on : .trial,
          isReference: grammar.shape(of: name) == .reference,
          trialRange: assembly.trial.map(place), nameRange: place(assembly.name),
          argumentRange: assembly.argument.map(place))
      }
      let key = element.name.asciiLowercased + " " + (element.argument ?? "")
      element.occurrence = seen[key, default: 0]
      seen[key] = element.occurrence + 1
      return element
    }
  }
}
