import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import Sandbox
import TestSupport
import Testing

@testable import ChangeControl

@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct SandboxChangeTests {
  @Test func aStrictOptionTakesEffectInTheSandbox() throws {
    // The sandbox refuses to lie below a directory that others can write.
    var template = Array("/var/lib/postgate-change-XXXXXX".utf8CString)
    let root = try #require(mkdtemp(&template).map { String(cString: $0) })
    chmod(root, 0o755)
    defer { try? removeTree(root) }
    let sandbox = SandboxInstance(directory: root + "/sandbox")
    let status = try sandbox.start()
    defer { try? sandbox.remove() }

    let state = try StateDirectory(root + "/state")
    let transaction = Transaction(
      instance: sandbox.instance, state: state, commands: CommandLog(), logFile: status.logFile)
    let base = try sandbox.instance.loadConfiguration()
    let text = String(decoding: base.configuration.main.bytes, as: UTF8.self)
    let strict = text.replacing(
      "reject_non_fqdn_helo_hostname,",
      with: "reject_non_fqdn_helo_hostname,\n    reject_unknown_helo_hostname,")
    #expect(strict != text)
    let outcome = try transaction.apply(
      .text(original: Array(text.utf8), edited: Array(strict.utf8)), base: base)
    #expect(outcome.result == .kept)
    print("a transaction on the sandbox took \(outcome.seconds) s")
    #expect(outcome.report.problems == [], "\(outcome.report)")

    let client = try SMTPClient(
      connectingTo: .tcp(address: "127.0.0.1", port: status.smtpPort), timeout: 10)
    let pretended = SMTPPretendedClient(address: "203.0.113.9", name: .unavailable)
    #expect(try client.xclient(pretended).isPositive)
    #expect(try client.ehlo("no-such-host.example.net").isPositive)
    _ = try client.mail(from: "")
    let reply = try client.rcpt(to: "postmaster@mx1.example.org")
    #expect(reply.text.contains("Helo command rejected"), "\(reply)")
    _ = try client.quit()

    #expect(try transaction.apply(.undo(1)).result == .kept)
    #expect(try readFile(sandbox.instance.mainCF).bytes == base.configuration.main.bytes)
  }
}
