import MailLog
import PostfixConfig
import Testing

@testable import ConsoleCore

/// Trials with an end, what they showed, and the edits that an earlier console left.
@Suite struct TrialViewTests {
  private let name = "reject_non_fqdn_helo_hostname"

  /// A state whose files have the restriction on trial, until in two hours.
  private func onTrial() -> AppState {
    var state = Fixture.state(on: name)
    _ = state.send(.character("t"), .character("a"))
    _ = reduce(&state, .applied(number: 7, message: ""))
    let target = RestrictionTarget(parameter: "mua_helo_restrictions", name: name)
    let until = LogTime(seconds: Fixture.now.seconds + 7200)
    _ = reduce(&state, .trials([RunningTrial(number: 7, target: target, until: until)]))
    return state
  }

  private func text(_ state: AppState) -> String {
    state.popupText?.lines.map(\.text).joined(separator: "\n") ?? ""
  }

  @Test func besideATrialStandItsEndAndWhatItShowedSoFar() {
    var state = onTrial()
    #expect(state.send(.enter) == [.readVerdict(number: 7)])
    #expect(text(state).contains("in 2h00, by itself (change 7)"))
    #expect(text(state).contains("reading the log…"))
    _ = reduce(&state, .verdict(number: 7, lines: ["would have refused 3", "  192.0.2.0/24"]))
    #expect(text(state).contains("so far        would have refused 3\n  192.0.2.0/24"))
    _ = reduce(&state, .trials([]))
    #expect(text(state).contains("never by itself"))
  }

  @Test func anotherRestrictionIsNotThatTrial() {
    var state = onTrial()
    #expect(state.send(.up, .enter).isEmpty)
    #expect(!text(state).contains("trial ends"))
  }

  @Test func theHistoryShowsTheVerdictOfATrialThatIsOver() {
    var state = Fixture.state()
    _ = state.send(.character("6"))
    var over = Fixture.change(2)
    over.trial = "\(name), ended 2026-11-23 02:00:00"
    over.isTrialOver = true
    var running = Fixture.change(3)
    running.trial = "\(name), until 2026-11-24 02:00:00"
    #expect(reduce(&state, .history([running, over, Fixture.change(1)])).isEmpty)
    // That of one that runs costs a month of log: on demand.
    #expect(state.send(.enter) == [.readVerdict(number: 3)])
    #expect(state.send(.escape, .down) == [.readVerdict(number: 2)])
    _ = reduce(&state, .verdict(number: 2, lines: ["would have refused nobody"]))
    let pane = state.changeLines(over, width: 60).map(\.text).joined(separator: "\n")
    #expect(pane.contains("verdict       would have refused nobody"))
    #expect(state.send(.down).isEmpty && state.send(.up).isEmpty)
  }

  @Test func everyEditIsKeptAndComesBack() {
    var state = Fixture.state(on: name)
    #expect(state.send(.character(" ")).isEmpty, "an ordinary user has nowhere to keep it")
    var instance = state.instance
    instance.keepsDrafts = true
    _ = reduce(&state, .instance(instance))
    #expect(state.send(.character("z")) == [.saveDraft(edits: [])])
    let effects = state.send(.character(" "))
    let edits = state.draft?.edits ?? []
    #expect(edits.count == 1 && effects == [.saveDraft(edits: edits)])
    #expect(state.send(.down).isEmpty)
    _ = state.send(.character("q"))
    #expect(text(state).contains("kept for your next start"))
    var next = Fixture.state()
    _ = reduce(&next, .savedDraft(edits, saved: Fixture.now))
    #expect(next.draft?.edits == edits)
    #expect(next.notice?.text.contains("is back: 1 edit; z takes edits away") == true)
    _ = reduce(&state, .applied(number: 1, message: ""))
    #expect(state.pendingEdits == 0)
  }

  @Test func whatNoLongerFitsIsSaidAndNewerEditsStay() {
    let gone = Edit.remove(
      RestrictionTarget(parameter: "mua_helo_restrictions", name: "reject_of_yesterday"))
    var state = Fixture.state()
    _ = reduce(&state, .savedDraft([gone], saved: Fixture.now))
    #expect(state.pendingEdits == 0)
    #expect(state.notice?.text.contains("1 no longer fit") == true)
    var busy = Fixture.state(on: name)
    _ = busy.send(.character(" "))
    let edits = busy.draft?.edits
    _ = reduce(&busy, .savedDraft([gone], saved: Fixture.now))
    #expect(busy.draft?.edits == edits)
  }
}
