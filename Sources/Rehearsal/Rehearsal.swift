import Attribution
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// Asks Postfix what a draft would have done to the mail of the past.
///
/// The verdicts come from a private smtpd on a staged copy of the candidate, asked by XCLIENT as each
/// past client. Every method blocks: call them off the screen's thread.
public struct Rehearsal: Sendable {
  /// The live instance.
  public let instance: Instance
  /// Where the live instance keeps its things.
  public let layout: InstanceLayout
  /// Where shadow instances are staged, 0700 and ours.
  public let stagingDirectory: String
  /// How it may load the machine and DNS, and how it is watched.
  public var limits = RehearsalLimits()

  /// Prepares rehearsals for an instance; nothing is started yet.
  public init(instance: Instance, layout: InstanceLayout, stagingDirectory: String) {
    self.instance = instance
    self.layout = layout
    self.stagingDirectory = stagingDirectory
  }

  /// What `edits` would have done to `traffic`, measured against `base`, the configuration in force.
  ///
  /// - Parameter subject: how the answer calls it.
  /// - Throws: ``RehearsalError`` when an edit does not fit or no shadow can be started.
  public func run(
    _ edits: [Edit], on base: Configuration, traffic: PastTraffic, subject: String
  ) throws(RehearsalError) -> RehearsalAnswer {
    let candidate: Configuration
    do throws(EditError) {
      candidate = try base.applying(edits)
    } catch {
      throw .doesNotFit(error.message)
    }
    return try run(
      candidate: candidate, edits: edits, base: base, traffic: traffic, subject: subject)
  }

  /// What `candidate` would have done to `traffic`, measured against `base`.
  ///
  /// - Parameter edits: what leads from the one to the other; empty for a candidate made by other means.
  ///   Drafts that only switch restrictions on, or only off, are judged with far fewer questions.
  /// - Throws: ``RehearsalError/noShadow(_:)`` when no shadow can be started.
  public func run(
    candidate: Configuration, edits: [Edit], base: Configuration, traffic: PastTraffic,
    subject: String
  ) throws(RehearsalError) -> RehearsalAnswer {
    let start = monotonicSeconds()
    var run = RehearsalRun(
      rehearsal: self, base: base, candidate: candidate, edits: edits, traffic: traffic,
      deadline: start + limits.totalSeconds)
    var answer = try run.answer(subject)
    answer.seconds = monotonicSeconds() - start
    return answer
  }
}

/// Why a rehearsal could not be held.
public enum RehearsalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An edit does not fit the configuration; the reason.
  case doesNotFit(String)
  /// The shadow instance did not start; Postfix's own words.
  case noShadow(String)

  /// One sentence that says what to do next.
  public var description: String {
    switch self {
    case .doesNotFit(let reason): reason
    case .noShadow(let reason): "no rehearsal: \(reason)"
    }
  }
}
