import PostfixConfig

/// Edits that are not applied yet, on top of the configuration that they were made for.
public struct Draft: Hashable, Sendable {
  /// The configuration as it stands in the files.
  public private(set) var base: Configuration
  /// A hash of the files that `base` was read from.
  public private(set) var revision: String
  /// In the order in which they were made.
  public private(set) var edits: [Edit] = []
  /// Edits taken back by undo, the next to redo last.
  public private(set) var undone: [Edit] = []
  /// `stages[n]` is the base after the first `n` edits.
  private var stages: [Configuration]

  /// Creates a draft without edits.
  public init(base: Configuration, revision: String) {
    self.base = base
    self.revision = revision
    stages = [base]
  }

  /// True when there is nothing to apply.
  public var isEmpty: Bool { edits.isEmpty }

  /// The base with all edits.
  public var candidate: Configuration { stages.last ?? base }

  /// Adds an edit.
  ///
  /// An edit that leads back to an earlier text (off, then on again) takes the edits in between away
  /// instead, so that the number of edits is that of real differences. What an edit of this draft took
  /// out of its line comes back to where it stood.
  ///
  /// - Throws: `EditError` when it does not fit the text; the draft is then unchanged.
  public mutating func add(_ wanted: Edit) throws(EditError) {
    var next = candidate
    let edit =
      zip(edits, stages).reversed().lazy.compactMap { earlier, before in
        wanted.returning(earlier, madeOn: before, to: next)
      }.first ?? wanted
    try next.apply(edit)
    undone = []
    if let earlier = stages.firstIndex(where: { $0.main == next.main && $0.master == next.master })
    {
      edits.removeSubrange(earlier...)
      stages.removeSubrange((earlier + 1)...)
    } else {
      edits.append(edit)
      stages.append(next)
    }
  }

  /// Takes the last edit back; false when there is none.
  public mutating func undo() -> Bool {
    guard let last = edits.popLast() else { return false }
    stages.removeLast()
    undone.append(last)
    return true
  }

  /// Makes the edit again that was taken back last; false when there is none.
  public mutating func redo() -> Bool {
    guard let edit = undone.last else { return false }
    var next = candidate
    guard (try? next.apply(edit)) != nil else { return false }
    undone.removeLast()
    edits.append(edit)
    stages.append(next)
    return true
  }

  /// Moves the draft onto files that were changed elsewhere, and returns why edits no longer fit;
  /// those are dropped.
  public mutating func rebase(onto configuration: Configuration, revision: String) -> [EditError] {
    // Files that already say what the draft wants: it has been applied.
    let isFulfilled =
      candidate.main == configuration.main && candidate.master == configuration.master
    let wanted = isFulfilled ? [] : edits
    self = Draft(base: configuration, revision: revision)
    var misfits: [EditError] = []
    for edit in wanted {
      do { try add(edit) } catch { misfits.append(error) }
    }
    return misfits
  }

  /// The unified diff of both files from base to candidate; empty when nothing changes.
  public var diff: String {
    unifiedDiff(
      old: base.main.bytes, new: candidate.main.bytes, oldLabel: "main.cf", newLabel: "main.cf")
      + unifiedDiff(
        old: base.master.bytes, new: candidate.master.bytes, oldLabel: "master.cf",
        newLabel: "master.cf")
  }
}
