import MailLog

/// How the table of connections is sorted.
public struct SessionOrder: Hashable, Sendable {
  /// A column that can be sorted by.
  public enum Column: String, CaseIterable, Hashable, Sendable {
    case age, address, name, helo = "HELO", service, user, tls = "TLS", verdict
  }

  /// The column.
  public var column = Column.age
  /// True for the other way round.
  public var isReversed = false

  mutating func step(_ step: Int) {
    let all = Column.allCases
    let index = all.firstIndex(of: column) ?? 0
    column = all[(index + step + all.count) % all.count]
    isReversed = false
  }

  /// Sorts by a column; the other way round where it is sorted by that one already.
  mutating func choose(_ column: Column, of sessions: inout [LiveSession]) {
    isReversed = column == self.column && !isReversed
    self.column = column
    sessions = sorted(sessions)
  }

  /// Newest first by age, else by the column's text; what has none comes last.
  func sorted(_ sessions: [LiveSession]) -> [LiveSession] {
    let sorted =
      column == .age
      ? sessions.sorted { ($1.since, $0.pid) < ($0.since, $1.pid) }
      : sessions.map { (key(of: $0), $0) }.sorted { left, right in
        (left.0.isEmpty ? 1 : 0, left.0, left.1.pid)
          < (right.0.isEmpty ? 1 : 0, right.0, right.1.pid)
      }.map(\.1)
    return isReversed ? sorted.reversed() : sorted
  }

  private func key(of session: LiveSession) -> String {
    switch column {
    case .age: ""
    case .address: Self.addressKey(session.clientAddress)
    case .name: session.clientName ?? ""
    case .helo: session.helo ?? ""
    case .service: session.service ?? session.tag
    case .user: session.saslUser ?? ""
    case .tls: session.tls ?? ""
    case .verdict: session.verdict ?? ""
    }
  }

  /// IPv4 numbers by value, so that .9 stands before .10.
  private static func addressKey(_ address: String) -> String {
    guard address.contains(".") else { return address }
    return address.split(separator: ".").map { part in
      String(repeating: "0", count: max(0, 3 - part.count)) + part
    }.joined(separator: ".")
  }
}
