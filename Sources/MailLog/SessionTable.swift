/// The smtpd sessions that the log has seen begin but not end, by host, tag and process id.
///
/// One smtpd process serves one session at a time. At most ``limit`` sessions are kept; beyond, the
/// oldest are given up, so that lost `disconnect` lines cannot fill memory.
struct SessionTable: ~Copyable {
  /// What is counted of an open session.
  struct Session {
    /// Its ``SessionKey``.
    var key: UInt64 = 0
    var since: Int64 = 0
    var epoch: Int32 = 0
    var rejects: Int32 = 0
    /// Messages that were accepted.
    var messages: Int32 = 0
    /// Messages that smtpd opened a queue file for.
    var opened: Int32 = 0
    /// The queue id (its hash) that smtpd opened last, 0 without one.
    var queueID: UInt64 = 0

    /// True when something was refused and nothing accepted.
    var isRefused: Bool { @inline(__always) get { rejects > 0 && messages == 0 } }
  }

  static let limit = 16_384

  private var open = FlatTable(filler: Session())
  /// What the screen shows of open sessions; only a follower keeps it.
  var texts = SessionTexts()
  let keepsTexts: Bool

  init(keepsTexts: Bool) {
    self.keepsTexts = keepsTexts
  }

  /// All open sessions, longest first.
  var sessions: [Session] {
    open.entries.map(\.value).sorted { ($0.since, $0.key) < ($1.since, $1.key) }
  }

  /// Begins a session; false, and nothing is changed, when the end of the one that the process had before
  /// was not logged.
  @inline(__always)
  mutating func begin(_ key: UInt64, at time: Int64, epoch: Int32) -> Bool {
    guard open.insert(key, Session(key: key, since: time, epoch: epoch)) else { return false }
    if open.count > Self.limit { dropOldest() }
    if keepsTexts { texts.begin(key) }
    return true
  }

  /// Ends a session, which `ended` gets if it was open.
  @inline(__always)
  mutating func end(_ key: UInt64, ended: (Session) -> Void = { _ in }) {
    if keepsTexts { texts.end(key) }
    open.remove(key, taken: ended)
  }

  /// Changes an open session, if there is one with that key.
  @inline(__always)
  mutating func update(_ key: UInt64, _ change: (inout Session) -> Void) {
    open.update(key, change)
  }

  /// Ends the sessions whose key passes `belongs`: master saw their process die, or Postfix ended.
  mutating func endAll(where belongs: (UInt64) -> Bool) -> [Session] {
    let ending = open.entries.map(\.value).filter { belongs($0.key) }
    for session in ending { end(session.key) }
    return ending
  }

  private mutating func dropOldest() {
    let oldest = open.entries.map(\.value).sorted { $0.since < $1.since }.prefix(Self.limit / 8)
    for session in oldest { end(session.key) }
  }
}

/// An smtpd session that the log has seen begin but not end.
public struct OpenSession: Hashable, Sendable {
  /// What happened last in a session.
  public enum Verdict: Hashable, Sendable {
    case rejected(command: String, signature: RejectSignature, argument: String?)
    case trial(command: String, signature: RejectSignature, argument: String?)
    case accepted
    /// The connection was lost, timed out or made too many errors.
    case lost
    case authFailed
  }

  /// The fields that need no policy; `verdict` is nil.
  public var session: LiveSession
  /// What happened last; nil when nothing did.
  public var verdict: Verdict?
}
