import HostSystem
import MailLog

/// A longer window of a log that is read beside the one that is shown, until it can take its place.
final class ComingWindow {
  let input: FollowedInput
  let tally: LogTally
  /// How far back it goes.
  let seconds: Int

  init(input: FollowedInput, tally: LogTally, seconds: Int) {
    self.input = input
    self.tally = tally
    self.seconds = seconds
  }

  func close() { input.close() }

  /// Reads until a moment of the steady clock; true once all that was written is read.
  func read(until deadline: Double, now: LogTime) -> Bool {
    while input.readBlock(into: tally, ring: nil, now: now) {
      if monotonicSeconds() > deadline { return false }
    }
    return input.isCaughtUp
  }

  /// True when this one has read lines of the same file that `former` has not.
  func isAhead(of former: FollowedInput) -> Bool {
    guard let own = input.live, let other = former.live,
      own.identity.isSameFile(as: other.identity)
    else { return false }
    return own.countedOffset > other.countedOffset
  }

  /// Goes on where `former` stands, whose lines the ring has; false while both do not follow the same
  /// file or this one has read lines that the ring has not.
  func takeOver(from former: FollowedInput) -> Bool {
    guard let own = input.live, let other = former.live,
      own.identity.isSameFile(as: other.identity), !isAhead(of: former)
    else { return input.live == nil && former.live == nil }
    own.staysQuiet(until: other.countedOffset)
    input.inherit(former)
    return true
  }
}
