import CByteScan

/// The sketches of a span of time: who is refused most, and how many clients there are.
struct TalkerSketch: ~Copyable {
  var clients = FrequentItems()
  var networks = FrequentItems()
  var heloNames = FrequentItems()
  var senderDomains = FrequentItems()
  var recipients = FrequentItems()
  var distinct = HyperLogLog()

  /// Who takes part in a reject, with the hashes of their names.
  struct Parties {
    var client: HashedText
    /// The first three octets (/24) of an IPv4 address.
    var network: HashedText
    var helo: HashedText
    /// What stands behind the last `@` of the sender, or all.
    var senderDomain: HashedText
    var recipient: HashedText

    init(_ line: Span<UInt8>, _ parts: borrowing LineParts) {
      client = HashedText(line, parts.clientAddress)
      network = HashedText(line, Self.before(line, UInt8(ascii: "."), parts.clientAddress))
      helo = HashedText(line, parts.helo)
      senderDomain = HashedText(line, Self.behind(line, UInt8(ascii: "@"), parts.sender))
      recipient = HashedText(line, parts.recipient)
    }

    /// The same of a reject of the common form, which has all of them, but for the network of an IPv6
    /// address.
    ///
    /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
    @inline(__always)
    init(readable raw: UnsafeRawPointer, _ line: Span<UInt8>, _ reject: CommonReject) {
      client = HashedText(readable: raw, address: reject.client)
      helo = HashedText(readable: raw, reject.helo)
      recipient = HashedText(readable: raw, reject.recipient)
      let (address, sender) = (reject.client, reject.sender)
      let dot = lastIndex(raw, UInt8(ascii: "."), address)
      network =
        dot == -1
        ? Self.farNetwork(line, address)
        : HashedText(readable: raw, address: Slice(address.lower, dot))
      let at = lastIndex(raw, UInt8(ascii: "@"), sender)
      senderDomain =
        at == -1
        ? Self.farDomain(line, sender)
        : HashedText(readable: raw, Slice(at &+ 1, sender.upper))
    }

    /// The network of an address that has no dot among its last 32 bytes.
    @inline(never)
    private static func farNetwork(_ line: Span<UInt8>, _ address: Slice) -> HashedText {
      HashedText(line, before(line, UInt8(ascii: "."), address))
    }

    /// The domain of a sender that has no `@` among its last 32 bytes.
    @inline(never)
    private static func farDomain(_ line: Span<UInt8>, _ sender: Slice) -> HashedText {
      HashedText(line, behind(line, UInt8(ascii: "@"), sender))
    }

    private static func behind(_ line: Span<UInt8>, _ byte: UInt8, _ slice: Slice) -> Slice {
      guard slice.isPresent,
        let last = line.lastIndex(of: byte, from: slice.lower, to: slice.upper)
      else { return slice }
      return Slice(last &+ 1, slice.upper)
    }

    private static func before(_ line: Span<UInt8>, _ byte: UInt8, _ slice: Slice) -> Slice {
      guard slice.isPresent,
        let last = line.lastIndex(of: byte, from: slice.lower, to: slice.upper)
      else { return .none }
      return Slice(slice.lower, last)
    }
  }

  /// Counts the parties of one reject.
  mutating func addReject(_ line: Span<UInt8>, _ parties: borrowing Parties, _ address: Slice) {
    heloNames.add(parties.helo, line)
    recipients.add(parties.recipient, line)
    senderDomains.add(parties.senderDomain, line)
    guard parties.client.slice.isPresent else { return }
    // Who is kept already was among the distinct ones when he came.
    if !clients.add(parties.client, line) { distinct.add(parties.client.hash) }
    if parties.network.slice.isPresent {
      networks.add(parties.network, line)
    } else {
      addLongNetwork(line, address)
    }
  }

  /// Begins to fetch what ``addReject(readable:_:_:)`` will look at.
  @inline(__always)
  func fetch(_ parties: borrowing Parties) {
    heloNames.fetch(parties.helo.hash)
    recipients.fetch(parties.recipient.hash)
    senderDomains.fetch(parties.senderDomain.hash)
    clients.fetch(parties.client.hash)
    networks.fetch(parties.network.hash)
  }

  /// Counts the parties of one reject of the common form.
  ///
  /// - Parameter raw: the line's address; 64 bytes behind its newline must be readable.
  @inline(__always)
  mutating func addReject(
    readable raw: UnsafeRawPointer, _ line: Span<UInt8>, _ parties: borrowing Parties
  ) {
    heloNames.add(parties.helo, readable: raw)
    recipients.add(parties.recipient, readable: raw)
    senderDomains.add(parties.senderDomain, readable: raw)
    if !clients.add(parties.client, readable: raw) { distinct.add(parties.client.hash) }
    if parties.network.slice.isPresent {
      networks.add(parties.network, readable: raw)
    } else {
      addLongNetwork(line, parties.client.slice)
    }
  }

  @inline(__always)
  mutating func addClient(_ client: HashedText) {
    if client.slice.isPresent { distinct.add(client.hash) }
  }

  /// IPv6 by its first four groups (/64).
  @inline(never)
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

/// The place of the last `byte` in a slice, counted from the line's start; -1 when none of its last 32 bytes
/// is one. 32 bytes in front of the slice's end must be readable.
@inline(__always)
private func lastIndex(_ raw: UnsafeRawPointer, _ byte: UInt8, _ slice: Slice) -> Int {
  let first = slice.upper &- 32
  let hits = cbytescan_equal32(raw + first, byte)
  guard hits != 0 else { return -1 }
  let place = first &+ Int(cbytescan_highest(hits))
  return place >= slice.lower ? place : -1
}

/// The sketches of a span of time, with its start.
///
/// A class, since sketches are too large to be moved and have one owner.
final class TalkerPane {
  /// Seconds since the epoch.
  var start: Int64
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
