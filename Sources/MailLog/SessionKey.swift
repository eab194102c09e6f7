/// The key of a session: host, tag and the digits of the process id, as they can be had from a line by a
/// few operations on one word.
///
/// Each digit stands in the lower half of a byte, the last one in the highest, as a shift of the text
/// leaves them. The upper halves have the numbers of host (22 bits) and tag (10 bits).
enum SessionKey {
  /// Process ids have no more digits: Linux gives out up to 4,194,304 (proc(5), `pid_max`).
  private static let pidLimit: Int32 = 100_000_000

  static func make(host: Int32, tag: Int32, pid: Int32) -> UInt64 {
    base(host: host, tag: tag) | digits(pid)
  }

  /// What the keys of all sessions of a service have in common.
  static func base(host: Int32, tag: Int32) -> UInt64 {
    let numbers = UInt32(bitPattern: host &+ 1) << 10 | UInt32(bitPattern: tag &+ 1) & 0x3FF
    var spread = UInt64(numbers)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
    return spread << 4
  }

  static func pid(of key: UInt64) -> Int32 {
    Int32(truncatingIfNeeded: joinedDigits(key & 0x0F0F_0F0F_0F0F_0F0F))
  }

  static func tag(of key: UInt64) -> Int32 { Int32(numbers(key) & 0x3FF) - 1 }

  /// What sessions of the same host share.
  static func host(of key: UInt64) -> UInt32 { numbers(key) >> 10 }

  private static func digits(_ pid: Int32) -> UInt64 {
    var (rest, digits) = (UInt64(UInt32(bitPattern: pid % pidLimit)), UInt64(0))
    var place: UInt64 = 56
    while rest > 0 {
      digits |= (rest % 10) << place
      rest /= 10
      place &-= 8
    }
    return digits
  }

  private static func numbers(_ key: UInt64) -> UInt32 {
    var folded = key >> 4 & 0x0F0F_0F0F_0F0F_0F0F
    folded = (folded | folded >> 4) & 0x00FF_00FF_00FF_00FF
    folded = (folded | folded >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: folded | folded >> 16)
  }
}
