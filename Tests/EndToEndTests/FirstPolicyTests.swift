import Glibc
import HostSystem
import TestSupport
import Testing

/// From when the policy of the present files holds.
@Suite(.enabled(if: canRunEndToEnd, endToEndReason))
struct FirstPolicyTests {
  /// The log says seconds, the kernel says when main.cf was written to a fraction of one.
  @Test func holdsForSessionsOfItsFirstSecond() throws {
    try withTemporaryDirectory { directory in
      let second = try writeWithinOneSecond(directory)
      var moment = time_t(second)
      var parts = tm()
      localtime_r(&moment, &parts)
      var stamp = [CChar](repeating: 0, count: 32)
      strftime(&stamp, stamp.count, "%b %e %H:%M:%S", &parts)
      let prefix = String(cString: stamp) + " mx postfix/smtpd[7]: "
      let log =
        prefix + "connect from x[192.0.2.1]\n" + prefix
        + "NOQUEUE: reject: RCPT from x[192.0.2.1]: 501 5.5.2 <[192>: Helo command rejected: "
        + "invalid ip address; from=<a@b.example> to=<c@d.example> proto=SMTP helo=<[192>\n"
      try put(log, directory + "/mail.log")
      let result = try Postgate.run(
        ["report", "--json", "-c", directory, "--since", "2h", directory + "/mail.log"],
        state: directory + "/state")
      #expect(result.succeeded, "\(result.errorText)")
      #expect(result.outputText.contains("\"restriction\": \"reject_unknown_helo_hostname\""))
      #expect(result.outputText.contains("\"open\": []"))
    }
  }

  /// Writes both files within one second of the clock, which it returns.
  private func writeWithinOneSecond(_ directory: String) throws -> Int64 {
    while true {
      let second = wallClockMicroseconds() / 1_000_000
      try put(
        "smtpd_helo_restrictions = reject_unknown_helo_hostname\n", directory + "/main.cf")
      try put("smtp inet n - n - - smtpd\n", directory + "/master.cf")
      if wallClockMicroseconds() / 1_000_000 == second { return second }
    }
  }

  private func put(_ text: String, _ path: String) throws {
    unlink(path)
    let file = try OpenFile(path, O_CREAT | O_WRONLY, mode: 0o644)
    try file.writeAll(Array(text.utf8))
  }
}
