/// `domain[=filter][*weight]`: one DNS list as a restriction or `postscreen_dnsbl_sites` names it.
struct DNSListEntry {
  var domain: String
  /// The answers that count; nil for all.
  var filter: String?
  /// postscreen's weight; nil where none is written, which means 1.
  var weight: String?

  init(_ text: String) {
    var rest = text[...]
    if let star = rest.lastIndex(of: "*") {
      weight = String(rest[rest.index(after: star)...])
      rest = rest[..<star]
    }
    if let equals = rest.firstIndex(of: "=") {
      filter = String(rest[rest.index(after: equals)...])
      rest = rest[..<equals]
    }
    domain = String(rest)
  }

  /// Why Postfix cannot read the filter (ip_match(3): four fields, each a number or a sequence in
  /// brackets); nil when it can.
  var filterFault: String? {
    guard let filter else { return nil }
    var fields: [String] = [""]
    var depth = 0
    for character in filter {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      guard (0...1).contains(depth) else { return "the brackets in \(filter) do not match" }
      if character == ".", depth == 0 {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    guard depth == 0 else { return "the brackets in \(filter) do not match" }
    guard fields.count == 4, fields.allSatisfy(Self.isField) else {
      return "\(filter) is no address of four numbers; write 127.0.0.2 or 127.0.0.[2..11]"
    }
    return nil
  }

  private static func isField(_ field: String) -> Bool {
    guard field.hasPrefix("[") else { return isOctet(field[...]) }
    guard field.hasSuffix("]") else { return false }
    let sequence = field.dropFirst().dropLast().split(
      separator: ";", omittingEmptySubsequences: false)
    return sequence.allSatisfy { item in
      guard let dots = item.firstRange(of: "..") else { return isOctet(item) }
      let (low, high) = (item[..<dots.lowerBound], item[dots.upperBound...])
      return isOctet(low) && isOctet(high) && (Int(low) ?? 0) < (Int(high) ?? 0)
    }
  }

  private static func isOctet(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(\.isDigit) && (Int(text) ?? 256) <= 255
  }
}
