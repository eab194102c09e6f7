import PostfixConfig

extension Transaction {
  /// The edit that puts a restriction back where an earlier change took it out of its line, in place of an
  /// insertion where it works; nil when the history knows of none, or its place is gone.
  public func returning(_ edit: Edit, to present: Configuration) -> Edit? {
    guard case .insert = edit, let history = try? history() else { return nil }
    for record in history.records().suffix(Self.looksBack).reversed() {
      guard record.phase == .kept || record.phase == .waiting,
        let files = try? history.files(of: record.number, .before)
      else { continue }
      var text = present
      text.main = MainCF(files.main)
      text.master = MasterCF(files.master)
      for earlier in record.edits {
        if let found = edit.returning(earlier, madeOn: text, to: present) { return found }
        guard (try? text.apply(earlier)) != nil else { break }
      }
    }
    return nil
  }

  /// How many changes are looked through, the newest first.
  private static let looksBack = 50
}
