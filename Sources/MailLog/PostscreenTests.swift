/// Which test a postscreen client failed last: the reply `Protocol error` names none of them.
///
/// One entry per slot of a fixed table; a clash forgets the older client, whose rejects then stay
/// in an open group.
struct PostscreenTests {
  private struct Entry {
    var key: UInt64 = 0
    var word = PostscreenWord.none
  }

  private var entries = [Entry](repeating: Entry(), count: 1024)

  mutating func note(_ word: PostscreenWord, _ line: Span<UInt8>, _ parts: LineParts) {
    switch word {
    case .pregreet, .commandPipelining, .bareNewline, .nonSMTPCommand, .connect:
      let key = self.key(line, parts)
      entries[slot(key)] = Entry(key: key, word: word)
    default: break
    }
  }

  func cause(_ line: Span<UInt8>, _ parts: LineParts) -> RejectSignature {
    let key = self.key(line, parts)
    let entry = entries[slot(key)]
    guard entry.key == key else { return .postscreenProtocol }
    switch entry.word {
    case .pregreet: return .postscreenGreet
    case .commandPipelining: return .postscreenPipelining
    case .bareNewline: return .postscreenBareNewline
    case .nonSMTPCommand: return .postscreenNonSMTP
    default: return .postscreenProtocol
    }
  }

  private func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (entries.count - 1) }

  private func key(_ line: Span<UInt8>, _ parts: LineParts) -> UInt64 {
    guard parts.clientAddress.isPresent, parts.clientPort.isPresent else { return 0 }
    return line.hash(from: parts.clientAddress.lower, to: parts.clientPort.upper)
  }
}
