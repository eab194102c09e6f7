/// The sketches of one pane of time: who is refused most, and how many clients there are.
struct TalkerSketch {
  /// Start of the pane in seconds since the epoch.
  var start: Int64
  var clients = FrequentItems()
  var networks = FrequentItems()
  var heloNames = FrequentItems()
  var senderDomains = FrequentItems()
  var recipients = FrequentItems()
  var distinct = HyperLogLog()

  init(start: Int64) { self.start = start }

  /// Counts the parties of one reject.
  @inline(__always)
  mutating func addReject(_ line: Span<UInt8>, _ parts: LineParts) {
    if parts.clientAddress.isPresent {
      let (start, end) = (parts.clientAddress.lower, parts.clientAddress.upper)
      let hash = line.hash(from: start, to: end)
      distinct.add(hash)
      clients.add(line, from: start, to: end)
      addNetwork(line, from: start, to: end)
    }
    if parts.helo.isPresent {
      heloNames.add(line, from: parts.helo.lower, to: parts.helo.upper)
    }
    if parts.sender.isPresent {
      let (start, end) = (parts.sender.lower, parts.sender.upper)
      let at = line.lastIndex(of: UInt8(ascii: "@"), from: start, to: end)
      senderDomains.add(line, from: at.map { $0 &+ 1 } ?? start, to: end)
    }
    if parts.recipient.isPresent {
      recipients.add(line, from: parts.recipient.lower, to: parts.recipient.upper)
    }
  }

  @inline(__always)
  mutating func addClient(_ line: Span<UInt8>, _ address: Slice) {
    guard address.isPresent else { return }
    distinct.add(line.hash(from: address.lower, to: address.upper))
  }

  /// IPv4 by its first three octets (/24), IPv6 by its first four groups (/64).
  @inline(__always)
  private mutating func addNetwork(_ line: Span<UInt8>, from start: Int, to end: Int) {
    if let dot = line.lastIndex(of: UInt8(ascii: "."), from: start, to: end) {
      networks.add(line.hash(from: start, to: dot), line, from: start, to: dot)
    } else if let prefix = IPv6Prefix(line, from: start, to: end) {
      let text = Array(prefix.description.utf8)
      networks.add(mix(prefix.bits), text.span, from: 0, to: text.count)
    }
  }

  /// The heaviest networks, as `192.0.2.0/24` and `2001:db8:0:1::/64`.
  func topNetworks(_ limit: Int) -> [HeavyHitter] {
    networks.top(limit).map { entry in
      var entry = entry
      if !entry.key.contains(":") { entry.key += ".0/24" }
      return entry
    }
  }

  mutating func merge(_ other: TalkerSketch) {
    clients.merge(other.clients)
    networks.merge(other.networks)
    heloNames.merge(other.heloNames)
    senderDomains.merge(other.senderDomains)
    recipients.merge(other.recipients)
    distinct.merge(other.distinct)
  }
}

/// The first 64 bits of an IPv6 address.
struct IPv6Prefix: CustomStringConvertible {
  var bits: UInt64 = 0

  /// Reads an address as Postfix logs it, `::` included; nil when it is none.
  init?(_ line: Span<UInt8>, from start: Int, to end: Int) {
    var group = 0
    var groups = 0
    var digits = 0
    var index = start
    while index < end && groups < 4 {
      let byte = line[index]
      if byte == UInt8(ascii: ":") {
        if digits > 0 {
          push(group, &groups)
          (group, digits) = (0, 0)
        }
        if index + 1 < end, line[index + 1] == UInt8(ascii: ":") {
          // What follows `::` counts from the right; groups on the left that it fills are zero.
          fill(line, from: index + 2, to: end, &groups)
          return
        }
      } else if let value = hexValue(byte) {
        group = group << 4 | value
        digits += 1
        guard digits <= 4 else { return nil }
      } else {
        return nil
      }
      index += 1
    }
    guard groups == 4 else { return nil }
  }

  private mutating func push(_ group: Int, _ groups: inout Int) {
    bits = bits << 16 | UInt64(group)
    groups += 1
  }

  private mutating func fill(
    _ line: Span<UInt8>, from start: Int, to end: Int, _ groups: inout Int
  ) {
    var right: [Int] = []
    var group = 0
    for index in start..<max(start, end) {
      if line[index] == UInt8(ascii: ":") {
        right.append(group)
        group = 0
      } else {
        group = (group << 4 | (hexValue(line[index]) ?? 0)) & 0xFFFF
      }
    }
    if start < end { right.append(group) }
    let zeros = 8 - groups - right.count
    for _ in 0..<max(0, zeros) where groups < 4 { push(0, &groups) }
    for value in right where groups < 4 { push(value, &groups) }
    while groups < 4 { push(0, &groups) }
  }

  private func hexValue(_ byte: UInt8) -> Int? {
    if isDigit(byte) { return Int(byte - 0x30) }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? Int(letter) + 10 : nil
  }

  /// As `2001:db8:0:1::/64`.
  var description: String {
    var groups = (0..<4).map { bits >> UInt64(48 - 16 * $0) & 0xFFFF }
    while groups.last == 0 { groups.removeLast() }
    return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }
}
