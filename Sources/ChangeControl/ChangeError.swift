import HostSystem
import PostfixConfig
import PostfixHost

/// Why a change was not made. The configuration is as it was, except where `putBackFailed` says so.
public enum ChangeError: Error, Sendable, CustomStringConvertible {
  /// Our checks or Postfix itself forbid it; `diff` shows what was wanted.
  case refused(PreflightReport, diff: String)
  /// It may hurt own users: an explicit yes (`--yes`) is needed.
  case needsYes(PreflightReport, diff: String)
  /// The edits do not fit the text, or the text changed so that they no longer do.
  case doesNotFit(String)
  /// Another change is being made, or waits for its confirmation.
  case busy(String)
  /// The instance cannot be read, asked or trusted.
  case instance(InstanceError)
  /// The machine refused: rights, space, a lock.
  case system(String)
  /// Written, found wanting, and put back.
  case putBack(Outcome, reason: String)
  /// Written, found wanting, and not put back: a human must look.
  case putBackFailed(Outcome, reason: String)

  /// True for what may go well another time: a full disk, a lock, another postgate.
  static func mayPass(_ error: ChangeError) -> Bool {
    switch error {
    case .system, .busy, .instance: true
    default: false
    }
  }

  /// One sentence for the user: what was not done, why, and what to do.
  public var description: String {
    switch self {
    case .refused(let report, _):
      "not applied: " + report.objections.joined(separator: "; ")
    case .needsYes(let report, _):
      "not applied: " + report.objections.joined(separator: "; ") + "; say --yes if that is meant"
    case .doesNotFit(let message), .busy(let message), .system(let message): message
    case .instance(let error): error.description
    case .putBack(_, let reason): "applied, but then \(reason); the old configuration was put back"
    case .putBackFailed(let outcome, let reason):
      "applied, but then \(reason), and the old configuration could not be put back; "
        + "its files are in the history as number \(outcome.number ?? 0); postgate status tries again"
    }
  }
}

/// What became of a change.
public struct Outcome: Hashable, Sendable {
  /// What was done.
  public enum Result: String, Hashable, Sendable, Codable {
    /// It was so already: nothing was written.
    case unchanged
    /// A dry run: nothing was written.
    case planned
    /// Written and in force.
    case kept
    /// Written, in force until the deadline, waiting to be confirmed.
    case waiting
    /// Written and put back.
    case putBack
  }

  /// What was done.
  public var result: Result
  /// The number in the history.
  public var number: Int?
  /// Unified diff of main.cf and master.cf; empty when nothing changes.
  public var diff: String
  /// The verdict that it was given.
  public var report: PreflightReport
  /// What ran for it, in order.
  public var commands: [CommandRecord] = []
  /// Remarks for the user, one sentence each.
  public var notes: [String] = []
  /// What the files held before and hold now.
  public var before: Configuration
  /// What the files hold afterwards, or would hold.
  public var after: Configuration
  /// What the tables that it touches held before, by `type:path`.
  public var tablesBefore: [String: [UInt8]] = [:]
  /// What they hold afterwards, or would hold.
  public var tablesAfter: [String: [UInt8]] = [:]
  /// Seconds from the call to the end.
  public var seconds = 0.0

  var filesBefore: FilePair { FilePair(before, tables: tablesBefore) }
  var filesAfter: FilePair { FilePair(after, tables: tablesAfter) }

  /// True when the files are other than before.
  public var changed: Bool { result == .kept || result == .waiting }
}

/// How a change is to be made.
public struct ChangeOptions: Hashable, Sendable {
  /// Why, for the history.
  public var message = ""
  /// Check and show the diff only; works without root rights.
  public var isDryRun = false
  /// Apply although it may hurt own users.
  public var yes = false
  /// Take the change back unless it is confirmed within so many seconds.
  public var confirmSeconds: Int?
  /// Put the restriction back to what it was after so many seconds: the end of a trial.
  public var trialSeconds: Int?
  /// Seconds to watch the log after the reload.
  public var settleSeconds = 1.0

  /// Options as a plain `postgate enable` has them.
  public init() {}
}
