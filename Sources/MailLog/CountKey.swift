/// What one counter counts.
enum CountKind: UInt8 {
  case connection, accepted, ended, refused, reject, trial, postscreen, incident
}

/// The name of one counter in 64 bits, so that finding it costs one look into a table.
struct CountKey: Hashable {
  static let maxEpoch = 1023
  static let maxArgument = 8190
  static let maxReply = 2046

  let packed: UInt64

  init(packed: UInt64) { self.packed = packed }

  @inline(__always)
  init(
    _ kind: CountKind, tag: Int32 = -1, epoch: Int32 = 0, detail: UInt16 = 0, command: UInt8 = 0,
    argument: Int = -1, reply: Int = -1
  ) {
    packed =
      UInt64(kind.rawValue) | UInt64(UInt32(bitPattern: tag &+ 1)) << 3
      | UInt64(UInt32(bitPattern: epoch)) << 13 | UInt64(detail) << 23 | UInt64(command) << 32
      | UInt64(truncatingIfNeeded: argument &+ 1) << 37
      | UInt64(truncatingIfNeeded: reply &+ 1) << 50
  }

  var kind: CountKind { CountKind(rawValue: UInt8(packed & 7)) ?? .incident }
  var tag: Int32 { Int32(packed >> 3 & 0x3FF) - 1 }
  var epoch: Int { Int(packed >> 13 & 0x3FF) }
  var detail: UInt16 { UInt16(packed >> 23 & 0x1FF) }
  var command: SMTPCommand { SMTPCommand(rawValue: UInt8(packed >> 32 & 0x1F)) ?? .other }
  var argument: Int { Int(packed >> 37 & 0x1FFF) - 1 }
  var reply: Int { Int(packed >> 50 & 0x7FF) - 1 }

  /// The same counter without argument and reply, for when there are too many of them.
  var folded: CountKey {
    CountKey(
      kind, tag: tag, epoch: Int32(epoch), detail: detail, command: command.rawValue)
  }

  /// The same kind and epoch only, the last resort.
  var coarse: CountKey {
    CountKey(
      kind, epoch: Int32(epoch),
      detail: kind == .reject || kind == .trial ? RejectSignature.unknown.rawValue : 0)
  }
}
