// FoundationEssentials: its JSON coder is exact and tested; a second one of ours would not be.
import FoundationEssentials
import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import SystemPackage

/// Edits that were not applied, as they were left.
public struct SavedDraft: Hashable, Sendable {
  /// Who left them: the user that called sudo, else the one that logged in.
  public var user: String
  /// When they were saved, seconds since 1970.
  public var saved: Int64
  /// In the order in which they are to be carried out.
  public var edits: [Edit]

  /// What of the draft still fits a text, carried out in order, and what no longer does and why.
  public func replayed(
    on configuration: Configuration
  ) -> (fitting: [Edit], misfits: [(edit: Edit, reason: String)]) {
    var text = configuration
    var fitting: [Edit] = []
    var misfits: [(edit: Edit, reason: String)] = []
    for edit in edits {
      do {
        try text.apply(edit)
        fitting.append(edit)
      } catch {
        misfits.append((edit, error.message))
      }
    }
    return (fitting, misfits)
  }
}

/// The drafts of one instance on disk, one a user, so that a dropped line loses no edit.
///
/// `drafts/USER.json` in the instance's part of the state directory, 0600, replaced in one step.
public struct DraftStore: Sendable {
  /// Whose draft is saved and loaded.
  public let user: String
  private let directory: String

  private struct File: Codable {
    var schema = 1
    var user: String
    var saved: Int64
    var edits: [EditRecord]
  }

  /// - Parameter identity: whose drafts; this process's user by default.
  /// - Throws: ``ChangeError`` when the state directory cannot be used.
  public init(
    of instance: Instance, in state: StateDirectory, identity: UserIdentity = .current()
  ) throws(ChangeError) {
    user = identity.sudoUser ?? identity.loginUser ?? identity.effectiveUser
    do {
      directory = try state.subdirectory(instance.stateName, "drafts")
    } catch {
      throw .system("\(error)")
    }
  }

  /// No name of a user leaves the directory or hits the temporary name of another.
  private var path: String { "\(directory)/\(StateDirectory.instanceName(for: user)).json" }

  /// Replaces the user's draft; it is on the disk when this returns. No edits remove it.
  ///
  /// - Throws: ``ChangeError`` when it cannot be written; the earlier one is then untouched.
  public func save(_ edits: [Edit]) throws(ChangeError) {
    guard !edits.isEmpty else { return try remove() }
    let file = File(
      user: user, saved: wallClockMicroseconds() / 1_000_000, edits: edits.map { EditRecord($0) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try replaceStateFile(path, Array(try encoder.encode(file)) + [0x0A])
    } catch {
      throw .system("the draft cannot be saved: \(error)")
    }
  }

  /// The user's draft; nil when there is none.
  ///
  /// - Throws: ``ChangeError`` when there is one that cannot be read; it is left where it is.
  public func load() throws(ChangeError) -> SavedDraft? {
    guard (try? FileStatus(of: path, follow: false)) != nil else { return nil }
    return try load(path)
  }

  /// Removes the user's draft.
  ///
  /// - Throws: ``ChangeError`` when it cannot be removed.
  public func remove() throws(ChangeError) {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .system("\(SystemError("remove \(path)", Errno(rawValue: errno)))")
    }
  }

  /// The drafts of all users, by their names; unreadable ones are left out.
  public func all() -> [SavedDraft] {
    ((try? directoryEntries(directory)) ?? []).filter { $0.hasSuffix(".json") }
      .compactMap { try? load("\(directory)/\($0)") }
  }

  private func load(_ path: String) throws(ChangeError) -> SavedDraft {
    do {
      let file = try JSONDecoder().decode(File.self, from: Data(readFile(path).bytes))
      let edits = file.edits.compactMap(\.asEdit)
      guard file.schema == 1, edits.count == file.edits.count else {
        throw ChangeError.system("another version of postgate wrote it")
      }
      return SavedDraft(user: file.user, saved: file.saved, edits: edits)
    } catch {
      throw .system(
        "the draft in \(path) cannot be read (\(error)); remove that file to begin anew")
    }
  }
}

extension Transaction {
  /// The drafts of this instance.
  ///
  /// - Throws: ``ChangeError`` without the state directory.
  public func drafts() throws(ChangeError) -> DraftStore {
    try DraftStore(of: instance, in: requireState())
  }

  /// What was applied is no draft any more.
  func dropDraft(_ change: Change) {
    guard case .edits(let edits) = change, let store = try? drafts(),
      let draft = try? store.load(), draft.edits == edits
    else { return }
    try? store.remove()
  }
}
