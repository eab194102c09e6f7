/// A comparison operator of `${{a} op {b} ? …}`, perhaps with the suffix `level` for version numbers.
struct Comparison {
  private var sign: String
  private var comparesVersions: Bool

  /// nil for what is no operator.
  init?(_ text: String) {
    comparesVersions = text.hasSuffix("level")
    sign = comparesVersions ? String(text.dropLast(5)) : text
    guard ["==", "!=", "<", "<=", ">=", ">"].contains(sign) else { return nil }
  }

  /// Numbers are compared as numbers when both sides are all digits, else as bytes.
  func holds(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    if comparesVersions { return holds(order(level(left), level(right))) }
    if isNumber(left), isNumber(right) {
      return holds(order([number(left)], [number(right)]))
    }
    return holds(order(left.map(Int.init), right.map(Int.init)))
  }

  private func holds(_ order: Int) -> Bool {
    switch sign {
    case "==": order == 0
    case "!=": order != 0
    case "<": order < 0
    case "<=": order <= 0
    case ">=": order >= 0
    default: order > 0
    }
  }

  private func order(_ left: [Int], _ right: [Int]) -> Int {
    for (a, b) in zip(left, right) where a != b { return a < b ? -1 : 1 }
    return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
  }

  private func level(_ text: ArraySlice<UInt8>) -> [Int] {
    var parts = text.split(separator: 0x2E).map(number)
    while parts.count < 3 { parts.append(0) }
    return parts
  }

  private func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    !text.isEmpty && text.allSatisfy { (0x30...0x39).contains($0) }
  }

  private func number(_ text: ArraySlice<UInt8>) -> Int {
    Int(String(decoding: text, as: UTF8.self)) ?? 0
  }
}
