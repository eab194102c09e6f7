@testable import PostfixConfig

/// Says what is wrong with the reading of a file: every byte belongs to one line, every line to one
/// part, and every part stands where it says.
struct DocumentJudge {
  let bytes: [UInt8]

  var complaint: String? {
    let main = MainCF(bytes)
    let master = MasterCF(bytes)
    guard main.bytes == bytes, master.bytes == bytes else { return "the bytes changed" }
    return lineFault(main.text) ?? mainFault(main) ?? masterFault(master)
  }

  private func lineFault(_ text: ConfigText) -> String? {
    guard text.lineStarts.first == (bytes.isEmpty ? bytes.count : 0),
      text.lineStarts.last == bytes.count, text.lineStarts.count == text.lineCount + 1
    else { return "the lines do not cover the file" }
    let feeds = bytes.indices.filter { bytes[$0] == 10 }
    let closed = text.lineStarts.dropFirst().filter { $0 > 0 && bytes[$0 - 1] == 10 }
    guard closed == feeds.map({ $0 + 1 }),
      text.lineCount == feeds.count + (bytes.isEmpty || bytes.last == 10 ? 0 : 1)
    else { return "the lines do not end where the file says" }
    var next = 0
    for logical in text.logicalLines {
      let between = next..<logical.first
      guard logical.first >= next, logical.last >= logical.first,
        between.allSatisfy({ text.kinds[$0] == .blank || text.kinds[$0] == .comment })
      else { return "line \(logical.first) is in no part or in two" }
      next = logical.last + 1
    }
    return (next..<max(next, text.lineCount)).allSatisfy {
      text.kinds[$0] == .blank || text.kinds[$0] == .comment
    } ? nil : "the last lines are in no part"
  }

  private func mainFault(_ main: MainCF) -> String? {
    guard main.definitions.count + main.problems.count == main.text.logicalLines.count else {
      return "a logical line of main.cf was lost"
    }
    var end = 0
    for definition in main.definitions {
      let name = Array(definition.name.utf8)
      let isText = !definition.name.utf8.contains(0xef)
      guard definition.nameOffset >= end, definition.value.lowerBound > definition.nameOffset,
        definition.value.upperBound <= main.text.lineStarts[definition.lines.upperBound + 1],
        !isText || bytes[definition.nameOffset...].starts(with: name)
      else { return "\(definition.name) does not stand where it says" }
      guard let last = bytes[definition.value].last, let first = bytes[definition.value].first
      else {
        end = definition.value.upperBound
        continue
      }
      guard !last.isSpace, !first.isSpace else { return "\(definition.name) is not trimmed" }
      end = definition.value.upperBound
    }
    return nil
  }

  private func masterFault(_ master: MasterCF) -> String? {
    let orphans = master.text.logicalLines.count { $0.isOrphan }
    guard
      master.entries.count + master.badLines.count + orphans == master.text.logicalLines.count
    else { return "a logical line of master.cf was lost" }
    var end = 0
    for entry in master.entries {
      for field in entry.settings + [entry.command] + entry.arguments {
        guard field.range.lowerBound >= end, field.range.upperBound <= bytes.count else {
          return "a field of \(entry.id) does not stand where it says"
        }
        end = field.range.upperBound
      }
      for override in entry.overrides {
        guard override.range.lowerBound <= override.valueRange.lowerBound,
          override.valueRange.upperBound <= override.range.upperBound
        else { return "-o \(override.name) of \(entry.id) does not stand where it says" }
      }
    }
    return nil
  }
}
