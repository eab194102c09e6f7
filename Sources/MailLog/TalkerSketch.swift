/// The sketches of a span of time: who is refused most, and how many clients there are.
struct TalkerSketch: ~Copyable {
  var clients = FrequentItems()
  var networks = FrequentItems()
  var heloNames = FrequentItems()
  var senderDomains = FrequentItems()
  var recipients = FrequentItems()
  var distinct = HyperLogLog()

  /// Counts the parties of one reject.
  @inline(__always)
  mutating func addReject(
    _ line: Span<UInt8>, client address: Slice, helo name: Slice, sender: Slice, recipient to: Slice
  ) {
    // All places are asked for before the first is needed: the tables are larger than the
    // processor's nearest cache.
    let client = HashedText(line, address)
    distinct.prefetch(client.hash)
    clients.prefetch(client.hash)
    let helo = HashedText(line, name)
    heloNames.prefetch(helo.hash)
    let recipient = HashedText(line, to)
    recipients.prefetch(recipient.hash)
    let domain = HashedText(line, senderDomain(line, sender))
    senderDomains.prefetch(domain.hash)
    let network = HashedText(line, network(line, address))
    networks.prefetch(network.hash)
    if helo.slice.isPresent { heloNames.add(helo, line) }
    if recipient.slice.isPresent { recipients.add(recipient, line) }
    if domain.slice.isPresent { senderDomains.add(domain, line) }
    guard client.slice.isPresent else { return }
    distinct.add(client.hash)
    clients.add(client, line)
    if network.slice.isPresent {
      networks.add(network, line)
    } else {
      addLongNetwork(line, address)
    }
  }

  /// What stands behind the last `@`, or all.
  @inline(__always)
  private func senderDomain(_ line: Span<UInt8>, _ sender: Slice) -> Slice {
    guard sender.isPresent,
      let at = line.lastIndex(of: UInt8(ascii: "@"), from: sender.lower, to: sender.upper)
    else { return sender }
    return Slice(at &+ 1, sender.upper)
  }

  /// The first three octets (/24) of an IPv4 address.
  @inline(__always)
  private func network(_ line: Span<UInt8>, _ address: Slice) -> Slice {
    guard address.isPresent,
      let dot = line.lastIndex(of: UInt8(ascii: "."), from: address.lower, to: address.upper)
    else { return .none }
    return Slice(address.lower, dot)
  }

  @inline(__always)
  mutating func addClient(_ line: Span<UInt8>, _ address: Slice) {
    guard address.isPresent else { return }
    distinct.add(line.hash(from: address.lower, to: address.upper))
  }

  /// IPv6 by its first four groups (/64).
  private mutating func addLongNetwork(_ line: Span<UInt8>, _ address: Slice) {
    guard let prefix = IPv6Prefix(line, from: address.lower, to: address.upper) else { return }
    let hash = mix(prefix.bits)
    // The text is made once, not for every line.
    if networks.addAgain(hash) { return }
    let text = Array(prefix.description.utf8)
    networks.add(hash, text.span, from: 0, to: text.count)
  }

  /// The heaviest networks, as `192.0.2.0/24` and `2001:db8:0:1::/64`.
  func topNetworks(_ limit: Int) -> [HeavyHitter] {
    networks.top(limit).map { entry in
      var entry = entry
      if !entry.key.contains(":") { entry.key += ".0/24" }
      return entry
    }
  }

  mutating func merge(_ other: borrowing TalkerSketch) {
    clients.merge(other.clients)
    networks.merge(other.networks)
    heloNames.merge(other.heloNames)
    senderDomains.merge(other.senderDomains)
    recipients.merge(other.recipients)
    distinct.merge(other.distinct)
  }
}

/// The sketches of a span of time, with its start.
///
/// A class, since sketches are too large to be moved and have one owner.
final class TalkerPane {
  /// Seconds since the epoch.
  let start: Int64
  var talkers = TalkerSketch()

  init(start: Int64) { self.start = start }
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
