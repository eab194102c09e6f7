/// One item of a list of networks, read as Postfix does (match_hostaddr, cidr_match_parse).
enum NetworkPattern {
  /// A network of the given family and prefix length; `bytes` are the address with host bits zero.
  case network(bytes: [UInt8], prefix: Int)
  /// `type:table`, `/file`, or a name: nothing that we could judge.
  case other
  /// The look-up of every client fails on it.
  case malformed(reason: String, remedy: String?)

  /// Reads an item; a leading `!` is the caller's.
  init(_ item: String) {
    let text = item.utf8
    let isBracketed = text.first == UInt8(ascii: "[")
    if !isBracketed, text.contains(Byte.colon) {
      // Without brackets everything with a colon is type:table to Postfix.
      let address = item.prefix { $0 != "/" }
      let isAddress = NetworkPattern.ipv6(address.utf8.map { $0 }) != nil
      self =
        isAddress
        ? .malformed(
          reason: "an IPv6 address without brackets is read as a table",
          remedy: "[\(address)]\(item.dropFirst(address.count))")
        : .other
      return
    }
    guard !text.starts(with: [UInt8(ascii: "/")]),
      text.contains(where: { $0 == UInt8(ascii: "/") || isBracketed }),
      text.allSatisfy({ $0.isHexDigit || [46, 47, 58, 91, 93].contains($0) })
    else {
      self = NetworkPattern.ipv4(Array(text)).map { .network(bytes: $0, prefix: 32) } ?? .other
      return
    }
    self = NetworkPattern(cidr: item, isBracketed: isBracketed)
  }

  private init(cidr item: String, isBracketed: Bool) {
    var address = item[...]
    var mask: Substring?
    if isBracketed {
      address = address.dropFirst()
      guard let close = address.firstIndex(of: "]") else {
        self = .malformed(reason: "the ] is missing", remedy: nil)
        return
      }
      let behind = address[address.index(after: close)...]
      address = address[..<close]
      if behind.first == "/" {
        mask = behind.dropFirst()
      } else if !behind.isEmpty {
        self = .malformed(reason: "there is text behind the ]", remedy: nil)
        return
      }
    }
    if mask == nil, let slash = address.firstIndex(of: "/") {
      mask = address[address.index(after: slash)...]
      address = address[..<slash]
    }
    let octets = Array(address.utf8)
    guard let bytes = octets.contains(Byte.colon) ? Self.ipv6(octets) : Self.ipv4(octets) else {
      self = .malformed(reason: "\(address) is no address", remedy: nil)
      return
    }
    guard let mask else {
      self = .network(bytes: bytes, prefix: bytes.count * 8)
      return
    }
    guard !mask.isEmpty, mask.utf8.allSatisfy(\.isDigit), let prefix = Int(mask),
      prefix <= bytes.count * 8
    else {
      self = .malformed(
        reason: "/\(mask) is no prefix length from 0 to \(bytes.count * 8)", remedy: nil)
      return
    }
    let masked = Self.masked(bytes, prefix)
    guard masked == bytes else {
      let network = bytes.count == 4 ? masked.map(String.init).joined(separator: ".") : nil
      self = .malformed(
        reason: "\(address) has bits behind the first \(prefix)",
        remedy: network.map { isBracketed ? "[\($0)]/\(prefix)" : "\($0)/\(prefix)" })
      return
    }
    self = .network(bytes: bytes, prefix: prefix)
  }

  private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let bits = min(max(prefix - index * 8, 0), 8)
      return byte & UInt8(truncatingIfNeeded: 0xFF00 >> bits)
    }
  }

  /// Dotted quad, as inet_pton(3) reads it; nil for anything else.
  static func ipv4(_ text: [UInt8]) -> [UInt8]? {
    let parts = text.split(separator: 46, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy(\.isDigit),
        part.count == 1 || part.first != UInt8(ascii: "0"),
        let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Hexadecimal groups with at most one `::`, as inet_pton(3) reads them; nil for anything else.
  static func ipv6(_ text: [UInt8]) -> [UInt8]? {
    func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
      guard !text.isEmpty else { return [] }
      var bytes: [UInt8] = []
      let parts = text.split(separator: Byte.colon, omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index == parts.count - 1, part.contains(46) {
          guard let tail = ipv4(Array(part)) else { return nil }
          bytes += tail
        } else {
          guard (1...4).contains(part.count),
            let number = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
            part.allSatisfy(\.isHexDigit)
          else { return nil }
          bytes += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
        }
      }
      return bytes
    }
    let gap = text.indices.first { index in
      text[index] == Byte.colon && index + 1 < text.count && text[index + 1] == Byte.colon
    }
    guard let gap else { return groups(text[...]).flatMap { $0.count == 16 ? $0 : nil } }
    guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...]),
      head.count + tail.count <= 14
    else { return nil }
    return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
  }
}

extension UInt8 {
  /// True for 0 to 9, a to f and A to F.
  var isHexDigit: Bool { isDigit || (self >= 97 && self <= 102) || (self >= 65 && self <= 70) }
}

extension NetworkPattern {
  /// How much of the world a network holds.
  enum Reach { case own, wide, world }

  /// Networks set aside for private use or the machine itself (RFC 1918, 3927, 4193, 4291, 6598).
  private static let closed: [(bytes: [UInt8], prefix: Int)] = [
    ([10], 8), ([127], 8), ([172, 16], 12), ([192, 168], 16), ([169, 254], 16), ([100, 64], 10),
  ]

  /// How far trust in the network goes: `world` reaches strangers for certain, `wide` is more than
  /// nearly any organisation owns.
  static func reach(_ bytes: [UInt8], _ prefix: Int) -> Reach {
    if bytes.count == 4 {
      let isClosed = closed.contains { network in
        prefix >= network.prefix
          && masked(bytes, network.prefix).starts(with: network.bytes)
      }
      return isClosed ? .own : prefix < 8 ? .world : prefix < 16 ? .wide : .own
    }
    let isLocal =
      prefix >= 7 && bytes[0] & 0xFE == 0xFC || prefix >= 10 && bytes[0] == 0xFE
      || prefix >= 104 && bytes.dropLast(4).allSatisfy { $0 == 0 }
    let isSixToFour = bytes.starts(with: [0x20, 0x02]) && prefix == 16
    return isLocal ? .own : prefix < 16 || isSixToFour ? .world : prefix < 29 ? .wide : .own
  }
}
