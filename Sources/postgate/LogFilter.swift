import Attribution
import MailLog

/// Conditions on log rows that must all hold: `name=value`, or a word that the line contains.
struct LogFilter {
  private var conditions: [(name: String, value: String)]

  /// Reads conditions separated by blanks; an empty text matches everything.
  init(_ text: String) {
    conditions = text.split(separator: " ").map { word in
      guard let equals = word.firstIndex(of: "="), Self.names.contains(String(word[..<equals]))
      else {
        return ("", word.lowercased())
      }
      return (String(word[..<equals]), word[word.index(after: equals)...].lowercased())
    }
  }

  private static let names: Set = [
    "event", "client", "helo", "sender", "recipient", "restriction", "service",
  ]

  func matches(_ row: LogRow, cause: Cause?) -> Bool {
    conditions.allSatisfy { name, value in
      switch name {
      case "event": row.kind.rawValue == value
      case "client":
        [row.clientAddress, row.clientName].contains { $0?.lowercased().contains(value) == true }
      case "helo": row.helo?.lowercased().contains(value) == true
      case "sender": row.sender?.lowercased().contains(value) == true
      case "recipient": row.recipient?.lowercased().contains(value) == true
      case "restriction": cause?.summary.lowercased().contains(value) == true
      case "service": row.tag.lowercased().contains(value)
      default: row.line.lowercased().contains(value)
      }
    }
  }
}
