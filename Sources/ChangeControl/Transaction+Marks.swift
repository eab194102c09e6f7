import PostfixHost

/// What the history says of changes that others took back, or brought back.
extension Transaction {
  /// Marks what an undo took back. Undoing an undo brings what that took back into force again, which
  /// takes back what this one took back, and so on down the chain.
  ///
  /// Where it was interrupted it is called again. The guards of what was taken back stay armed until
  /// ``disarm(_:_:)``, so that until the undo itself is on record they can still do their work.
  ///
  /// - Returns: the records as they were, of those that were marked; none is marked when it throws.
  @discardableResult
  func markUndone(
    _ number: Int, by undo: Int, _ history: History
  ) throws(ChangeError) -> [ChangeRecord] {
    try markChain(from: number, isInForce: false, by: undo, history)
  }

  /// Takes the marks of an undo away that did not come to be.
  func markInForce(_ number: Int, by undo: Int, _ history: History) throws(ChangeError) {
    try markChain(from: number, isInForce: true, by: undo, history)
  }

  /// Ends what watches a change that was taken back; to be called when the undo is on record.
  ///
  /// Nothing of its window stays: what a guard decided meanwhile was carried out by the undo.
  func disarm(_ number: Int, _ history: History) {
    let window = ChangeGuard(history, number)
    window.close()
    window.forget(.expired)
    ChangeGuard(history, number, .trial).close()
  }

  /// True when a change was to be confirmed and never was: to take it back is no new decision.
  func wasNeverConfirmed(_ number: Int, _ history: History) -> Bool {
    guard let record = try? history.record(number), record.window != nil else { return false }
    return !ChangeGuard(history, number).hasDecided(.confirmed)
  }

  /// Marks a change, what it takes back, what that takes back and so on, in turn as in force or not.
  @discardableResult
  private func markChain(
    from number: Int, isInForce: Bool, by undo: Int, _ history: History
  ) throws(ChangeError) -> [ChangeRecord] {
    var replaced: [ChangeRecord] = []
    var isInForce = isInForce
    var next: Int? = number
    // Of what is older than the retention nothing is known.
    while let number = next, let record = try? history.record(number) {
      let marked = marked(record, isInForce: isInForce, by: undo, history)
      if let marked {
        // It may be replaced and yet not be known to be on the disk.
        replaced.append(record)
        do {
          try history.update(marked)
        } catch {
          for old in replaced { try? history.update(old) }
          throw error
        }
      }
      // What waits for its confirmation has marked nothing yet.
      if isInForce, (marked ?? record).phase == .waiting { break }
      next = record.undoes.flatMap { $0 < number ? $0 : nil }
      isInForce.toggle()
    }
    return replaced
  }

  /// The record with its mark; nil when it has it already.
  private func marked(
    _ old: ChangeRecord, isInForce: Bool, by undo: Int, _ history: History
  ) -> ChangeRecord? {
    guard isInForce ? old.phase == .undone : old.phase != .undone else { return nil }
    var record = old
    record.notes.append((isInForce ? "in force again by" : "by") + " change \(undo)")
    guard isInForce else {
      record.phase = .undone
      if record.trial?.ended == nil { record.trial?.end() }
      return record
    }
    // Not disarmed: what took it back never came to be on record, and it waits or runs as before.
    let isWaiting = record.window != nil && ChangeGuard(history, record.number).isArmed
    record.phase = isWaiting ? .waiting : .kept
    if record.trial != nil {
      if ChangeGuard(history, record.number, .trial).isOpen {
        record.trial?.resume()
      } else {
        record.notes.append("its trial has no end any more")
      }
    }
    return record
  }
}
