import Testing

@testable import MailLog

@Suite("Keys of sessions")
struct SessionKeyTests {
  private static let pids: [Int32] = [1, 9, 10, 12, 120, 1200, 4_194_304, 9_999_999, 99_999_999]

  @Test("tell host, tag and process id", arguments: pids)
  func areRead(pid: Int32) {
    for host: Int32 in [-1, 0, 1, 1 << 21] {
      for tag: Int32 in [-1, 0, 5, 1022] {
        let key = SessionKey.make(host: host, tag: tag, pid: pid)
        #expect(SessionKey.pid(of: key) == pid)
        #expect(SessionKey.tag(of: key) == tag)
        #expect(SessionKey.host(of: key) == UInt32(host + 1))
      }
    }
  }

  @Test("are the same out of a line's text as out of the number")
  func areReadFromText() {
    for pid in Self.pids where pid < 10_000_000 {
      for text in ["\(pid)]: x", "0\(pid)]: x"] where text.utf8.count < 12 {
        let word = (Array(text.utf8) + [0, 0, 0, 0, 0]).span.word(at: 0)
        let (count, digits) = leadingDigits(word)
        guard count < 8 else { continue }
        #expect(count == text.utf8.count - 4)
        #expect(
          SessionKey.base(host: 3, tag: 7) | digits == SessionKey.make(host: 3, tag: 7, pid: pid))
      }
    }
  }

  @Test("of different sessions differ")
  func differ() {
    var keys: Set<UInt64> = []
    for host: Int32 in 0..<3 {
      for tag: Int32 in 0..<3 {
        for pid: Int32 in 0..<2000 {
          keys.insert(SessionKey.make(host: host, tag: tag, pid: pid))
        }
      }
    }
    #expect(keys.count == 3 * 3 * 2000)
  }
}
