import Glibc
import MailLog

extension LogTime {
  /// This moment by the machine's clock.
  static var now: LogTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return LogTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// RFC 3339 in UTC, with a fraction only where there is one: `2026-11-22T12:04:31Z`.
  var rfc3339: String {
    let text = format("%Y-%m-%dT%H:%M:%S", broken: gmtime_r)
    let fraction = microseconds - seconds * 1_000_000
    guard fraction > 0 else { return text + "Z" }
    let digits = String(fraction)
    return text + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
  }

  /// Local time for people: `2026-11-22 12:04:31`.
  var local: String { format("%Y-%m-%d %H:%M:%S", broken: localtime_r) }

  /// What a clock shows whose seconds are counted as those of UTC: `2026-11-22 12:04`.
  var wall: String { format("%Y-%m-%d %H:%M", broken: gmtime_r) }

  /// Local time of the day: `12:04:31`.
  var clock: String { format("%H:%M:%S", broken: localtime_r) }

  private func format(
    _ pattern: String,
    broken: (UnsafePointer<time_t>?, UnsafeMutablePointer<tm>?) -> UnsafeMutablePointer<tm>?
  ) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    guard broken(&moment, &parts) != nil else { return "?" }
    var buffer = [CChar](repeating: 0, count: 64)
    let length = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
