extension Key {
  /// The key of this name, as ``name`` prints it; nil when there is none.
  public init?(name: String) {
    if let key = Self.named.first(where: { $0.name.lowercased() == name.lowercased() }) {
      self = key
    } else if name.count == 2, name.hasPrefix("^"), let letter = name.lowercased().last,
      ("a"..."z").contains(letter)
    {
      self = .control(letter)
    } else if name.hasPrefix("F"), let number = Int(name.dropFirst()), (1...12).contains(number) {
      self = .function(number)
    } else if let only = name.first, name.count == 1, !only.isWhitespace {
      self = .character(only)
    } else {
      return nil
    }
  }

  private static let named: [Key] = [
    .character(" "), .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape,
    .tab, .backTab, .backspace, .delete,
  ]
}
