/// How smtpd reads the words of a restriction list (smtpd_check.c, generic_checks).
struct RestrictionGrammar: Hashable, Sendable {
  /// What a word at the start of a restriction is.
  enum Shape { case builtIn, classReference, bareTable, reference, unknown }

  /// One restriction as positions in a list of words.
  struct Assembly {
    var trial: Int?
    var name: Int
    var argument: Int?
    /// A lone `warn_if_reject` at the end of the list.
    var isDangling = false
  }

  /// The names in `smtpd_restriction_classes`; they are case-sensitive.
  var classes: Set<String>

  func shape(of word: String) -> Shape {
    if Catalog.restriction(named: word) != nil { return .builtIn }
    if classes.contains(word) { return .classReference }
    if word.utf8.contains(Byte.dollar) { return .reference }
    return word.utf8.contains(Byte.colon) ? .bareTable : .unknown
  }

  func takesArgument(_ word: String) -> Bool {
    Catalog.restriction(named: word)?.argument != nil
  }

  /// Groups words to restrictions; comment marks stand for themselves.
  func assemble(_ words: [TracedText.Word]) -> [Assembly] {
    var result: [Assembly] = []
    var trial: Int?
    var taken: Int?
    for (index, word) in words.enumerated() where index != taken {
      if word.isComment {
        result.append(Assembly(name: index))
      } else if word.text.asciiLowercased == "warn_if_reject" {
        trial = trial ?? index
      } else {
        let next = words[(index + 1)...].firstIndex { !$0.isComment }
        let argument = takesArgument(word.text) ? next : nil
        result.append(Assembly(trial: trial, name: index, argument: argument))
        taken = argument ?? taken
        trial = nil
      }
    }
    if let trial { result.append(Assembly(name: trial, isDangling: true)) }
    return result
  }
}

/// A comment line that, without its `#`, is exactly one known restriction with its argument.
struct OffRestriction {
  var hash: Int
  /// From the first word to the last, without a trailing comma.
  var range: Range<Int>
  var name: String
  var argument: String?
  var isTrial: Bool
  var nameRange: Range<Int>
  var argumentRange: Range<Int>?

  init?(_ text: ConfigText, line: Int, grammar: RestrictionGrammar) {
    let content = text.content(of: line)
    var start = text.indentation(of: line).upperBound
    hash = start
    start += 1
    guard start < content.upperBound, content.count < 1000 else { return nil }
    var traced = TracedText()
    for offset in start..<content.upperBound {
      traced.append(text.bytes[offset], owner: 0, offset: offset)
    }
    let words = traced.words()
    guard words.count <= 3 else { return nil }
    let assemblies = grammar.assemble(words)
    guard assemblies.count == 1, let only = assemblies.first, !only.isDangling else { return nil }
    let word = words[only.name]
    switch grammar.shape(of: word.text) {
    case .builtIn:
      guard grammar.takesArgument(word.text) == (only.argument != nil) else { return nil }
    case .classReference: break
    case .bareTable: guard TableReference(bare: word.text) != nil else { return nil }
    case .reference, .unknown: return nil
    }
    name = word.text
    isTrial = only.trial != nil
    argument = only.argument.map { words[$0].text }
    nameRange = word.range.lowerBound + start..<word.range.upperBound + start
    argumentRange = only.argument.map {
      words[$0].range.lowerBound + start..<words[$0].range.upperBound + start
    }
    let first = words[only.trial ?? only.name].range.lowerBound
    let last = words[only.argument ?? only.name].range.upperBound
    range = first + start..<last + start
  }
}
