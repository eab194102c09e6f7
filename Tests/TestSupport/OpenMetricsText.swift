/// Checks a text against OpenMetrics 1.0, as far as counters and gauges go.
public enum OpenMetricsText {
  /// A text that is none.
  public struct Mistake: Error, CustomStringConvertible {
    /// The line and what is wrong with it.
    public let description: String
  }

  /// The types of the families by name.
  ///
  /// - Throws: ``Mistake`` for a line out of form, a family in two pieces, a sample twice, a suffix
  ///   that does not suit the type, or a text without `# EOF` and a line feed at its end.
  public static func check(_ text: String) throws -> [String: String] {
    guard text.hasSuffix("\n# EOF\n") else { throw Mistake(description: "no # EOF at the end") }
    var types: [String: String] = [:]
    var seen: Set<String> = []
    var family = ""
    for line in text.split(separator: "\n").dropLast() {
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        .map(String.init)
      if words[0] == "#" {
        guard words.count == 4, ["TYPE", "HELP", "UNIT"].contains(words[1]), isName(words[2])
        else { throw Mistake(description: "\(line)") }
        if words[1] == "TYPE" {
          guard types[words[2]] == nil, ["counter", "gauge"].contains(words[3]) else {
            throw Mistake(description: "\(line)")
          }
          family = words[2]
          types[family] = words[3]
        } else if words[2] != family
          || (words[1] == "UNIT" && !family.hasSuffix("_" + words[3]))
        {
          throw Mistake(description: "\(line)")
        }
        continue
      }
      let key = try sample(String(line), family: family, type: types[family] ?? "")
      guard seen.insert(key).inserted else { throw Mistake(description: "twice: \(line)") }
    }
    return types
  }

  /// Checks one sample line; its name with labels.
  private static func sample(_ line: String, family: String, type: String) throws -> String {
    let mistake = Mistake(description: line)
    guard let blank = line.lastIndex(of: " "),
      let value = Double(line[line.index(after: blank)...]),
      value >= 0
    else { throw mistake }
    let key = line[..<blank]
    let name = key.prefix { $0 != "{" }
    let suffixes = type == "counter" ? ["_total", "_created"] : [""]
    guard isName(String(name)), suffixes.contains(where: { family + $0 == name }) else {
      throw mistake
    }
    let labels = key.dropFirst(name.count)
    if !labels.isEmpty {
      guard labels.hasPrefix("{"), labels.hasSuffix("}"), areLabels(labels.dropFirst().dropLast())
      else { throw mistake }
    }
    return String(key)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.first?.isNumber == false
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// `name="value"` with commas between; in values `\\`, `\"` and `\n` only.
  private static func areLabels(_ text: Substring) -> Bool {
    var rest = text
    var names: Set<String> = []
    while true {
      guard let equals = rest.firstIndex(of: "="), isName(String(rest[..<equals])),
        names.insert(String(rest[..<equals])).inserted
      else { return false }
      rest = rest[rest.index(after: equals)...]
      guard rest.popFirst() == "\"" else { return false }
      while let character = rest.popFirst(), character != "\"" {
        if character == "\\", !"\\\"n".contains(rest.popFirst() ?? " ") { return false }
        if character == "\n" { return false }
      }
      if rest.isEmpty { return true }
      guard rest.popFirst() == "," else { return false }
    }
  }
}
