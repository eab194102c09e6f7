import HostSystem
import PostfixConfig

/// A restriction that is on trial until a time, and is then put back to what it was.
///
/// Within one boot the end is counted on the clock that ignores steps of the wall clock; after a
/// reboot the trial goes on, and the wall clock says how long.
public struct TimedTrial: Hashable, Sendable, Codable {
  /// The restriction in the text that the change wrote.
  public var target: RestrictionTarget
  /// What it was before; nil when the change put it there.
  public var stateBefore: RestrictionState?
  /// When it began, seconds since 1970.
  public var began: Int64
  /// When it is to end, seconds since 1970 by the clock of its beginning.
  public var until: Int64
  /// When it ended, seconds since 1970; nil while it runs.
  public var ended: Int64?
  /// Why it could not be ended in time, one sentence; nil otherwise.
  public var problem: String?
  private var window: ConfirmWindow

  /// Name and argument, as a list shows it.
  public var restriction: String { target.argument.map { "\(target.name) \($0)" } ?? target.name }

  /// Seconds left; 0 when it is over.
  public var secondsLeft: Double {
    guard ended == nil else { return 0 }
    return window.isOfThisBoot
      ? window.secondsLeft : max(0, Double(until - Self.now()))
  }

  init(_ target: RestrictionTarget, stateBefore: RestrictionState?, seconds: Int) {
    self.target = target
    self.stateBefore = stateBefore
    began = Self.now()
    until = began + Int64(seconds)
    window = ConfirmWindow(seconds: seconds)
  }

  /// Gives it another end, so many seconds from now.
  mutating func extend(seconds: Int) {
    until = Self.now() + Int64(seconds)
    window = ConfirmWindow(seconds: seconds)
  }

  mutating func end() { ended = Self.now() }

  /// For a trial whose undo did not come to be: it runs on to the same end.
  mutating func resume() { ended = nil }

  private static func now() -> Int64 { wallClockMicroseconds() / 1_000_000 }

  /// How the restriction is named in the present text while it is on trial; nil when it is no longer.
  ///
  /// Others of the same name may have come or gone since, so that the occurrence does not count.
  func present(in configuration: Configuration) -> RestrictionTarget? {
    var wanted = target
    let onTrial = configuration.trials.map(\.target).filter {
      wanted.occurrence = $0.occurrence
      return $0 == wanted
    }
    return onTrial.first { $0 == target } ?? onTrial.first
  }
}

extension Configuration {
  /// The restrictions that are on trial, each once, whoever put them there.
  public var trials: [Restriction] {
    var found: [Restriction] = []
    for service in policy().services {
      for list in service.lists {
        for restriction in list.restrictions where restriction.state == .trial {
          if !found.contains(where: { $0.target == restriction.target }) {
            found.append(restriction)
          }
        }
      }
    }
    return found
  }
}

extension Change {
  /// The timed trial that this change begins when `before` becomes `after`.
  ///
  /// - Throws: ``ChangeError/doesNotFit(_:)`` unless it is one edit that puts one restriction on trial:
  ///   whatever else it did would be taken back with it.
  func timedTrial(
    _ before: Configuration, _ after: Configuration, seconds: Int
  ) throws(ChangeError) -> TimedTrial {
    guard case .edits(let edits) = self, edits.count == 1 else {
      throw .doesNotFit(
        "a trial with an end is a change of its own: put one restriction on trial at a time")
    }
    switch edits[0] {
    case .setState(let target, .trial):
      let old = before.policy().restriction(target)?.state
      return TimedTrial(target, stateBefore: old ?? .off, seconds: seconds)
    case .insert(_, _, let name, let argument, .trial):
      let known = Set(before.trials.map(\.target))
      guard
        let new = after.trials.first(where: {
          $0.name == name && $0.argument == argument && !known.contains($0.target)
        })
      else { break }
      // It may have stood there switched off.
      return TimedTrial(
        new.target, stateBefore: before.policy().restriction(new.target)?.state, seconds: seconds)
    case .restore:
      // Back to where it stood: then it is all that is on trial anew.
      let known = Set(before.trials.map(\.target))
      let new = after.trials.filter { !known.contains($0.target) }
      guard new.count == 1, let target = new.first?.target else { break }
      return TimedTrial(
        target, stateBefore: before.policy().restriction(target)?.state, seconds: seconds)
    default: break
    }
    throw .doesNotFit("only putting a restriction on trial can have an end; leave --for out")
  }
}
