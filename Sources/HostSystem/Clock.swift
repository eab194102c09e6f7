import Glibc

/// Seconds on a clock that neither steps nor stops (CLOCK_BOOTTIME).
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_BOOTTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Microseconds since 1970 by the system's clock.
public func wallClockMicroseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
