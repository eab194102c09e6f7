/// Replacements in one of the two files, made on the offsets of the text as it was.
struct TextPatch {
  var file: ConfigFile
  private(set) var changes: [(range: Range<Int>, text: [UInt8])] = []

  init(_ file: ConfigFile) { self.file = file }

  mutating func replace(_ range: Range<Int>, with text: String) {
    changes.append((range, Array(text.utf8)))
  }

  mutating func replace(_ range: Range<Int>, with text: [UInt8]) { changes.append((range, text)) }

  mutating func insert(_ text: String, at offset: Int) { replace(offset..<offset, with: text) }

  mutating func delete(_ range: Range<Int>) { changes.append((range, [])) }

  /// The configuration with all replacements made, the last in the file first.
  func applied(to configuration: Configuration) -> Configuration {
    var result = configuration
    var bytes = file == .main ? configuration.main.bytes : configuration.master.bytes
    for change in changes.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      bytes.replaceSubrange(change.range, with: change.text)
    }
    if file == .main { result.main = MainCF(bytes) } else { result.master = MasterCF(bytes) }
    return result
  }
}
