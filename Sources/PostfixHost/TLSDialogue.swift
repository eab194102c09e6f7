import Glibc
import HostSystem
import SystemPackage

/// Greets a service that speaks TLS from the first byte (RFC 8314, smtps), through `openssl s_client`.
///
/// The certificate is not judged: whether it is trusted does not depend on the configuration's change
/// alone, and the dialogue stays on this machine.
struct TLSDialogue {
  private static let program = "/usr/bin/openssl"
  private let command: Command

  /// Nil when openssl(1) is not installed, or for another kind of endpoint.
  init?(_ endpoint: SocketEndpoint) {
    guard case .tcp(let address, let port) = endpoint, access(Self.program, X_OK) == 0 else {
      return nil
    }
    let host = address.contains(":") ? "[\(address)]" : address
    command = Command(
      Self.program, ["s_client", "-quiet", "-crlf", "-connect", "\(host):\(port)"])
  }

  /// Waits for the greeting, says EHLO, and leaves.
  ///
  /// One command at a time: Postfix may hang up on who speaks before it is asked.
  ///
  /// - Parameter whileOpen: called when EHLO was answered, before the session ends.
  /// - Returns: the last line of the last reply.
  /// - Throws: ``SMTPError`` when nobody answers in time or the answer is no SMTP.
  func ehlo(
    _ name: String, within seconds: Double, whileOpen: () -> Void
  ) throws(SMTPError) -> String {
    let child: ChildProcess
    do {
      child = try ChildProcess(command)
    } catch {
      throw SMTPError(error)
    }
    defer {
      child.signalGroup(SIGTERM)
      _ = child.wait()
    }
    let deadline = monotonicSeconds() + seconds
    var unread: [UInt8] = []
    let greeting = try reply(of: child, &unread, deadline)
    guard greeting.hasPrefix("220") else { return greeting }
    say("EHLO \(name.filter { !$0.isNewline })\n", to: child)
    let answer = try reply(of: child, &unread, deadline)
    whileOpen()
    say("QUIT\n", to: child)
    return answer
  }

  private func say(_ line: String, to child: ChildProcess) {
    // A reader that went away shows in the missing reply; SIGPIPE is ignored by the whole program.
    _ = Array(line.utf8).withUnsafeBytes { write(child.input, $0.baseAddress, $0.count) }
  }

  private func reply(
    of child: ChildProcess, _ unread: inout [UInt8], _ deadline: Double
  ) throws(SMTPError) -> String {
    while true {
      while let end = unread.firstIndex(of: 0x0A) {
        let line = unread[..<end].filter { $0 != 0x0D }
        unread.removeSubrange(...end)
        guard let parsed = SMTPReply.Line(line) else {
          throw .malformed(String(decoding: line.prefix(200), as: UTF8.self))
        }
        if parsed.isLast { return "\(parsed.code) \(parsed.text)" }
      }
      var waiting = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
      let left = deadline - monotonicSeconds()
      guard left > 0, unread.count < 1 << 16 else {
        throw .system("no TLS session within the time given", timedOut: true)
      }
      let ready = poll(&waiting, 1, Int32(min(left, 60) * 1000) + 1)
      guard ready > 0 else { continue }
      var block = [UInt8](repeating: 0, count: 4096)
      let count = read(child.output, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .closed }
      unread += block[..<count]
    }
  }
}
