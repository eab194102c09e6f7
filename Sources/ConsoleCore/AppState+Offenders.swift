import Attribution

// Who is refused most, in place of who is connected.
extension AppState {
  /// The clients that were refused most in the window, the worst first.
  public var offenders: [TopTalkers.Entry] { snapshot?.top.clients ?? [] }

  /// The one that the cursor is on.
  public var currentOffender: TopTalkers.Entry? {
    offenders.first { $0.key == offenderCursor } ?? offenders.first
  }

  mutating func toggleOffenders() {
    showsOffenders = screen != .connections || !showsOffenders
    screen = .connections
  }

  mutating func moveOffender(by target: (Int, Int) -> Int) {
    let all = offenders
    guard !all.isEmpty else { return }
    let index = all.firstIndex { $0.key == offenderCursor } ?? 0
    offenderCursor = all[target(index, all.count)].key
  }

  mutating func openOffender() -> [Effect] {
    guard let offender = currentOffender else { return [] }
    offenderCursor = offender.key
    let session = sessions.first { $0.clientAddress == offender.key }
    return openClient(offender.key, pid: session?.pid ?? 0)
  }
}
