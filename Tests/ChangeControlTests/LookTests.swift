import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// The look at the services after a reload.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"), .serialized)
struct LookTests {
  @Test(.enabled(if: access("/usr/bin/openssl", X_OK) == 0, "SKIPPED: needs openssl"))
  func greetsAServiceThatSpeaksTLSFromTheFirstByte() throws {
    try withTemporaryDirectory { directory in
      let pem = directory + "/both.pem"
      let made = try Command(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx.example.org", "-days",
          "2", "-keyout", directory + "/key", "-out", directory + "/cert",
        ]
      ).run()
      #expect(made.succeeded, "\(made.errorText)")
      let both = try readFile(directory + "/key").bytes + readFile(directory + "/cert").bytes
      try writeNewFile(pem, both)
      let scratch = try ScratchInstance(
        submission: """

            -o smtpd_tls_wrappermode=yes
            -o smtpd_tls_security_level=encrypt
            -o smtpd_tls_cert_file=\(pem)
            -o smtpd_tls_key_file=\(pem)
          """)
      let layout = try scratch.instance.layout()
      let looks = layout.look(within: 5)
      #expect(looks.count == 2 && looks.allSatisfy { $0.answers && $0.isJudged }, "\(looks)")
      // The same service in plain text answers no TLS.
      try scratch.write(
        "master.cf",
        try scratch.text(scratch.instance.masterCF).replacing(
          "smtpd_tls_wrappermode=yes", with: "smtpd_tls_wrappermode=no"))
      try scratch.instance.reload(layout: layout, log: CommandLog())
      let plain = layout.look(within: 2)
      #expect(plain.map(\.answers) == [true, false], "\(plain)")
    }
  }

  @Test func anotherProgramAtThePortIsNotTakenForPostfix() throws {
    let scratch = try ScratchInstance()
    let layout = try scratch.instance.layout()
    #expect(layout.look(within: 5).allSatisfy { $0.answers })
    // The queue directory of an instance that does not run: its master serves nobody.
    let stranger = try ScratchInstance()
    var mixed = layout
    mixed.values["queue_directory"] = stranger.root + "/queue"
    let looks = mixed.look(within: 5)
    #expect(looks.count == 1)
    #expect(looks.allSatisfy { !$0.answers && $0.detail.contains("no smtpd process") }, "\(looks)")
  }

  @Test func aFaultThatWasThereBeforeDoesNotTakeBackAnotherChange() throws {
    let scratch = try ScratchInstance(
      ScratchInstance.tutorial.replacing(
        "smtpd_client_restrictions =\n", with: "smtpd_client_restrictions = reject_no_such_thing,\n"
      ))
    func ask() throws -> SMTPClient {
      let client = try SMTPClient(
        connectingTo: .tcp(address: "127.0.0.1", port: scratch.port), timeout: 10)
      _ = try client.ehlo("mail.example.net")
      _ = try client.mail(from: "")
      return client
    }
    let client = try ask()
    #expect(try client.rcpt(to: "info@example.org").enhanced == "4.3.5")
    let lingering = try ask()
    let words = "unknown smtpd restriction"
    #expect(waitUntil { scratch.logText.contains(words) })
    let layout = try scratch.instance.layout()
    let watch = LogWatch(layout)
    // A server that ran already, and a new one that meets the same fault.
    _ = try lingering.rcpt(to: "info@example.org")
    try scratch.instance.reload(layout: layout, log: CommandLog())
    _ = try ask().rcpt(to: "info@example.org")
    #expect(waitUntil { scratch.logText.split(separator: "\n").count { $0.contains(words) } >= 3 })
    #expect(watch.alarms() == [])
    // Another fault counts; that of a program that anybody can run does not.
    func say(_ program: String, _ text: String) throws {
      let said = try Command(
        "/usr/sbin/postlog",
        ["-c", scratch.instance.configurationDirectory, "-t", "postfix/\(program)", text]
      ).run()
      #expect(said.succeeded)
    }
    try say("sendmail", "fatal: usage")
    try say("smtpd", "fatal: something new")
    #expect(waitUntil { watch.alarms().count == 1 })
    #expect(watch.alarms().first?.contains("something new") == true)
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    let outcome = try transaction.apply(
      .edits([.setParameter(name: "smtpd_helo_required", value: "no", service: nil)]))
    #expect(outcome.result == .kept)
  }
}
