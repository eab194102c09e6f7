/// A network written as `192.0.2.0/24` or `2001:db8::/32` (RFC 4632, RFC 4291).
struct AddressBlock {
  private let bytes: [UInt8]
  private let length: Int

  /// Reads a network; nil for a text that is none, an address without a length included.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = Self.address(parts[0]), let length = Int(parts[1]),
      (0...bytes.count * 8).contains(length)
    else { return nil }
    (self.bytes, self.length) = (bytes, length)
  }

  /// True for an address of the network, as Postfix logs it.
  func contains(_ address: String) -> Bool {
    guard let other = Self.address(Substring(address)), other.count == bytes.count else {
      return false
    }
    for bit in 0..<length {
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      if (other[bit / 8] ^ bytes[bit / 8]) & mask != 0 { return false }
    }
    return true
  }

  /// The four or sixteen bytes of an address; nil for a text that is none.
  static func address(_ text: Substring) -> [UInt8]? {
    if !text.contains(":") {
      let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        .map { UInt8($0) }
      return octets.count == 4 && !octets.contains(nil) ? octets.compactMap { $0 } : nil
    }
    let halves = text.split(separator: "::", omittingEmptySubsequences: false).map(groups)
    guard (1...2).contains(halves.count), let left = halves[0] else { return nil }
    guard halves.count == 2 else { return left.count == 16 ? left : nil }
    guard let right = halves[1], left.count + right.count <= 14 else { return nil }
    return left + [UInt8](repeating: 0, count: 16 - left.count - right.count) + right
  }

  /// The bytes of `2001:db8`; an IPv4 address may stand at the end.
  private static func groups(_ text: Substring) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var bytes: [UInt8] = []
    for group in text.split(separator: ":", omittingEmptySubsequences: false) {
      if group.contains(".") {
        guard let tail = address(group) else { return nil }
        bytes += tail
      } else {
        guard (1...4).contains(group.count), let value = UInt16(group, radix: 16) else {
          return nil
        }
        bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
      }
    }
    return bytes
  }
}
