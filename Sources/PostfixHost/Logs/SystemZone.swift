import Glibc
import MailLog

extension LocalZone {
  /// The zone of this machine, with its changes of offset in the eleven years around `now`.
  public static func system(around now: LogTime) -> LocalZone {
    tzset()
    let day: Int64 = 86_400
    var low = now.seconds - 3652 * day
    var before = systemOffset(at: low)
    var transitions = [Transition(start: .min, offset: before)]
    while low < now.seconds + 366 * day {
      // No zone changes its offset twice within a week.
      let high = low + 7 * day
      let after = systemOffset(at: high)
      if before != after {
        transitions.append(Transition(start: change(between: low, and: high), offset: after))
      }
      (low, before) = (high, after)
    }
    return LocalZone(transitions: transitions)
  }

  /// The first second at which the offset is no longer that of `low`.
  private static func change(between low: Int64, and high: Int64) -> Int64 {
    let offset = systemOffset(at: low)
    var (low, high) = (low, high)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if systemOffset(at: middle) == offset { low = middle } else { high = middle }
    }
    return high
  }

  private static func systemOffset(at seconds: Int64) -> Int {
    var moment = time_t(seconds)
    var fields = tm()
    guard localtime_r(&moment, &fields) != nil else { return 0 }
    return fields.tm_gmtoff
  }
}
