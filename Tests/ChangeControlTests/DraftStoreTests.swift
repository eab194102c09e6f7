import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// Drafts on disk.
struct DraftStoreTests {
  private func store(_ directory: String, user: String = "alice") throws -> DraftStore {
    try DraftStore(
      of: Instance(configurationDirectory: "/etc/postfix"),
      in: StateDirectory(directory + "/state"),
      identity: UserIdentity(effectiveUser: "root", sudoUser: user))
  }

  /// Any edit at all, with texts that no file would hold.
  private func edit(_ random: inout SeededRandom) -> Edit {
    let texts = ["", "reject_rbl_client", "zen.example", "a\"b\\", "ü €", "\u{7}\u{202E}", "{ x }"]
    func text() -> String { texts.randomElement(using: &random) ?? "" }
    func maybe() -> String? { Bool.random(using: &random) ? text() : nil }
    let target = RestrictionTarget(
      parameter: text(), override: maybe(), name: text(), argument: maybe(),
      occurrence: Int.random(in: 0...9, using: &random))
    let state = RestrictionState.allCases.randomElement(using: &random) ?? .on
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .setState(target, state)
    case 1:
      return .insert(
        stage: Stage.allCases.randomElement(using: &random) ?? .helo, service: text(),
        name: text(), argument: maybe(), state: state)
    case 2: return .remove(target)
    case 3: return .move(target, offset: Int.random(in: -5...5, using: &random))
    case 4: return .setArgument(target, maybe())
    case 5: return .setParameter(name: text(), value: text(), service: maybe())
    default: return .resetParameter(name: text(), service: maybe())
    }
  }

  @Test func everyEditComesBackAsItWas() throws {
    try withTemporaryDirectory { directory in
      let store = try store(directory)
      var random = SeededRandom(5)
      for _ in 0..<50 {
        let edits = (0..<20).map { _ in edit(&random) }
        try store.save(edits)
        #expect(try store.load()?.edits == edits)
      }
    }
  }

  @Test func eachUserHasOneThatNobodyElseCanRead() throws {
    try withTemporaryDirectory { directory in
      let alice = try store(directory)
      let mallory = try store(directory, user: "../../mallory")
      #expect(try alice.load() == nil && alice.all().isEmpty)
      let reset = Edit.resetParameter(name: "smtpd_helo_required", service: nil)
      try alice.save([reset])
      try mallory.save([reset, reset])
      #expect(try alice.load()?.edits.count == 1)
      #expect(Set(alice.all().map(\.user)) == ["alice", "../../mallory"])
      let folder = directory + "/state/etc-postfix/drafts"
      #expect(try FileStatus(of: folder + "/alice.json").mode == 0o600)
      #expect(try FileStatus(of: folder).mode == 0o700)
      #expect(try directoryEntries(folder).count == 2)
      try alice.save([])
      #expect(try alice.load() == nil)
      try replaceStateFile(folder + "/alice.json", Array("{\"schema\": 2}".utf8))
      #expect(throws: ChangeError.self) { try alice.load() }
    }
  }

  @Test(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"))
  func whatIsAppliedIsNoDraftAnyMoreAndWhatNoLongerFitsIsTold() throws {
    let scratch = try ScratchInstance(start: false)
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    func off(_ name: String) -> Edit {
      .setState(RestrictionTarget(parameter: "smtpd_helo_restrictions", name: name), .off)
    }
    let edits = [off("reject_invalid_helo_hostname"), off("reject_non_fqdn_helo_hostname")]
    let drafts = try transaction.drafts()
    try drafts.save(edits)
    // Somebody takes one of the two out.
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing("    reject_invalid_helo_hostname,\n", with: ""))
    let draft = try #require(try drafts.load())
    let replayed = draft.replayed(on: try scratch.instance.loadConfiguration().configuration)
    #expect(replayed.fitting == [edits[1]])
    #expect(replayed.misfits.map(\.edit) == [edits[0]])
    _ = try transaction.apply(.edits([edits[1]]))
    #expect(try drafts.load() != nil)
    try drafts.save([off("reject_non_fqdn_sender")])
    try drafts.save(replayed.fitting)
    _ = try transaction.apply(.undo(1))
    _ = try transaction.apply(.edits(replayed.fitting))
    #expect(try drafts.load() == nil)
  }
}
