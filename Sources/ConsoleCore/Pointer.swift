/// What the mouse did, and in which cell.
public struct Pointer: Hashable, Sendable {
  /// The kinds that mean something to the console.
  public enum Kind: Hashable, Sendable { case press, wheelUp, wheelDown }

  /// What was done.
  public var kind: Kind
  /// The column, counted from 0.
  public var x: Int
  /// The row, counted from 0.
  public var y: Int

  /// Creates the value from its parts.
  public init(kind: Kind, x: Int, y: Int) {
    self.kind = kind
    self.x = x
    self.y = y
  }
}
