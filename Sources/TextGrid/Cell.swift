/// One column of a screen row.
public struct Cell: Hashable, Sendable {
  /// One character with its combining marks; empty in the right half of a wide character.
  public var text: String
  /// What the text means.
  public var role: Role
  /// True on the selected row, drawn in reverse.
  public var isSelected: Bool

  /// Creates a cell; the text must have passed the sanitiser.
  public init(text: String = " ", role: Role = .normal, isSelected: Bool = false) {
    self.text = text
    self.role = role
    self.isSelected = isSelected
  }

  /// An empty cell.
  public static let blank = Cell()
}
