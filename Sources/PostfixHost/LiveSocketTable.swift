import Glibc

/// One line of the kernel's TCP table in a state that matters here (proc(5), /proc/net/tcp).
struct LiveSocketTable {
  /// Both ends of an established connection.
  struct Entry: Hashable {
    var localAddress: String
    var localPort: UInt16
    var remoteAddress: String
    var remotePort: UInt16
  }

  /// Established connections by the inode of their socket.
  private(set) var established: [UInt64: Entry] = [:]

  /// Reads a table of the form of /proc/net/tcp or /proc/net/tcp6.
  ///
  /// - Parameter wanted: the inodes to keep; others cost no more than their scan.
  mutating func read(_ table: [UInt8], wanted: Set<UInt64>) {
    for line in table.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
      guard fields.count > 9, fields[3].elementsEqual("01".utf8),
        let inode = UInt64(String(decoding: fields[9], as: UTF8.self)), wanted.contains(inode),
        let local = Self.end(fields[1]), let remote = Self.end(fields[2])
      else { continue }
      established[inode] = Entry(
        localAddress: local.address, localPort: local.port, remoteAddress: remote.address,
        remotePort: remote.port)
    }
  }

  /// Reads `0100007F:1F90`: the address as words of 32 bits in the machine's byte order.
  static func end(_ text: ArraySlice<UInt8>) -> (address: String, port: UInt16)? {
    let parts = text.split(separator: UInt8(ascii: ":"))
    guard parts.count == 2, let port = UInt16(String(decoding: parts[1], as: UTF8.self), radix: 16)
    else { return nil }
    var words: [UInt32] = []
    var rest = parts[0]
    while rest.count >= 8 {
      guard let word = UInt32(String(decoding: rest.prefix(8), as: UTF8.self), radix: 16) else {
        return nil
      }
      words.append(word)
      rest = rest.dropFirst(8)
    }
    guard rest.isEmpty, words.count == 1 || words.count == 4 else { return nil }
    // A client of IPv4 on a socket of IPv6 is shown as ::ffff:a.b.c.d; the log says a.b.c.d.
    if words.count == 4, words[0] == 0, words[1] == 0, words[2] == UInt32(bigEndian: 0xFFFF) {
      words = [words[3]]
    }
    return numericAddress(words).map { ($0, port) }
  }

  private static func numericAddress(_ words: [UInt32]) -> String? {
    var text = [CChar](repeating: 0, count: 64)
    let family = words.count == 1 ? AF_INET : AF_INET6
    let found = words.withUnsafeBytes {
      inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) != nil
    }
    guard found else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
