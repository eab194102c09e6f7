/// Names one entry of master.cf, written as `postconf -P` does: `smtp/inet`.
public struct ServiceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The first field of the entry: a port name, `host:port`, or a path below the queue directory.
  public var name: String
  /// The second field: `inet`, `unix`, `unix-dgram`, `fifo` or `pass`.
  public var type: String

  /// Creates the name of a service.
  public init(name: String, type: String = "inet") {
    self.name = name
    self.type = type
  }

  /// Reads `name/type`; a text without a slash is an `inet` service.
  public init(_ text: String) {
    if let slash = text.lastIndex(of: "/") {
      self.init(name: String(text[..<slash]), type: String(text[text.index(after: slash)...]))
    } else {
      self.init(name: text)
    }
  }

  /// The text as a person writes it.
  public var description: String { "\(name)/\(type)" }

  /// Orders by name, then by type.
  public static func < (left: ServiceID, right: ServiceID) -> Bool {
    (left.name, left.type) < (right.name, right.type)
  }
}
