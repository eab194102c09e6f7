// FoundationEssentials: its JSON coder is exact and tested; a second one of ours would not be.
import FoundationEssentials
import HostSystem
import PostfixConfig
import PostfixHost

/// One change as the history keeps it (`change.json`).
public struct ChangeRecord: Hashable, Sendable, Codable {
  /// How far it came.
  public enum Phase: String, Hashable, Sendable, Codable {
    /// Recorded; main.cf may or may not be written yet.
    case prepared
    /// Written, waiting for its confirmation.
    case waiting
    case kept
    /// Taken back by a later change.
    case undone
    /// Taken back because nobody confirmed it.
    case timedOut = "timed out"
    /// In force although nobody confirmed it: it could not be taken back, a human must look.
    case alarm = "ALARM: not confirmed and not taken back"
    /// Taken back because Postfix did not work with it.
    case putBack = "failed and put back"
    /// Nothing was ever written.
    case notWritten = "not written"
  }

  /// Of this file; names never change within a schema.
  public var schema = 1
  /// Its place in the history, from 1.
  public var number: Int
  /// UTC, ISO 8601.
  public var time: String
  /// Who made it.
  public var user: UserIdentity
  /// Why, in the words of who made it.
  public var message: String
  /// Of the instance that was changed.
  public var configurationDirectory: String
  /// What was asked for; empty for an undo and for a text edited by other means.
  public var edits: [Edit]
  /// The entries of tables that were asked for.
  public var tableEdits: [TableEdit]?
  /// The tables that were written, as `hash:/etc/postfix/access`; their texts stand in `before` and
  /// `after` as `table-0`, `table-1`, …
  public var tables: [String]?
  /// The change that this one takes back.
  public var undoes: Int?
  /// Unified diff.
  public var diff: String
  /// What our checks and Postfix said.
  public var checks: [String]
  /// What could not be judged.
  public var notJudged: [String]
  /// What ran for it, in order.
  public var commands: [CommandRecord] = []
  /// How far it came.
  public var phase: Phase
  /// Remarks about how it ended.
  public var notes: [String] = []
  /// Until when a confirmation is waited for.
  public var window: ConfirmWindow?
  /// The trial with an end that this change began.
  public var trial: TimedTrial?

  /// True while a trial with an end runs that this change began.
  public var isRunningTrial: Bool { phase == .kept && trial.map { $0.ended == nil } ?? false }

  /// One line for a list: number, time, who, why, what became of it.
  public var summary: String {
    let why = message.isEmpty ? (undoes.map { "undo of \($0)" } ?? "") : message
    return "\(number)  \(time)  \(user.summary)  \(phase.rawValue)\(why.isEmpty ? "" : "  \(why)")"
  }

  static func now() -> String {
    Date(timeIntervalSince1970: Double(wallClockMicroseconds() / 1_000_000)).formatted(.iso8601)
  }

  func encoded() throws(ChangeError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self)) + [0x0A]
    } catch {
      throw .system("cannot write the history: \(error)")
    }
  }

  init(decoding bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(ChangeRecord.self, from: Data(bytes))
  }
}

extension ChangeRecord {
  init(
    number: Int, user: UserIdentity, message: String, configurationDirectory: String,
    edits: [Edit], undoes: Int?, diff: String, report: PreflightReport
  ) {
    self.number = number
    self.user = user
    self.message = message
    self.configurationDirectory = configurationDirectory
    self.edits = edits
    self.undoes = undoes
    self.diff = diff
    time = Self.now()
    checks =
      report.findings.filter(\.addedByDraft).map {
        "\($0.location.file.rawValue):\($0.location.line): \($0.message)"
      } + report.postfixWords
    notJudged = report.notJudged
    phase = .prepared
  }
}

/// Until when a change waits for its confirmation.
///
/// Counted on the clock that runs on through suspend and ignores steps of the wall clock; after a
/// reboot, recognised by the boot's identity, the window is over whatever the clocks say.
public struct ConfirmWindow: Hashable, Sendable, Codable {
  /// `/proc/sys/kernel/random/boot_id`.
  public var bootID: String
  /// Seconds on the clock of ``monotonicSeconds()``.
  public var deadline: Double

  /// Opens a window of so many seconds.
  public init(seconds: Int) {
    bootID = Self.currentBoot
    deadline = monotonicSeconds() + Double(seconds)
  }

  /// Seconds left; 0 when it is over.
  public var secondsLeft: Double {
    isOfThisBoot ? max(0, deadline - monotonicSeconds()) : 0
  }

  /// False after a reboot, and where that cannot be known.
  var isOfThisBoot: Bool { !bootID.isEmpty && bootID == Self.currentBoot }

  private static var currentBoot: String {
    ((try? readProcFile("/proc/sys/kernel/random/boot_id")) ?? "").filter { $0 != "\n" }
  }
}
