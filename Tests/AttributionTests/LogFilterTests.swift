import Attribution
import MailLog
import Testing

/// The language of `log --filter`.
@Suite struct LogFilterTests {
  private func row(_ line: String) -> LogRow {
    var reader = LogRowReader(reference: testReference)
    return reader.row(Array(line.utf8.filter { $0 != 0x0A }).span)
  }

  private func matches(_ filter: String, _ line: String? = nil) throws -> Bool {
    let row = row(
      line ?? reject("504 5.5.2 <h>: Helo command rejected: need fully-qualified hostname"))
    return try LogFilter(filter).matches(row, cause: attribute(row: row, policy: nil))
  }

  @Test(arguments: [
    "", "event=reject", "event=reject,trial", "event!=connect", "client=192.0.2.1",
    "client=192.0.2.0/24", "client=0.0.0.0/0", "client=x", "client!=192.0.3.0/24", "helo=H",
    "sender=d.EXAMPLE", "recipient=r@", "restriction=non_fqdn", "service=postfix", "reply=504",
    "reply=\"504 5.5.2\"", "reply=5", "command=rcpt", "pid=7", "text=\"fully-qualified hostname\"",
    "fully-qualified", "!connect", "event=reject helo=h !junk", "\"need fully\"",
    "from=<s@d.example>", "EVENT=REJECT",
  ])
  func holds(_ filter: String) throws {
    #expect(try matches(filter))
  }

  @Test(arguments: [
    "event=trial", "event!=reject", "client=192.0.3.0/24", "client=2001:db8::/32", "helo=hh",
    "restriction=unknown", "reply=50", "command=rcp", "pid=77", "!fully-qualified", "junk",
    "event=reject junk", "queue=NOQUEUE",
  ])
  func failsOn(_ filter: String) throws {
    #expect(try matches(filter) == (filter == "reply=50"))
  }

  @Test func networksOfIPv6() throws {
    let line = "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[2001:db8:1::25]"
    for filter in ["client=2001:db8::/32", "client=2001:db8:1::/64", "client=::/0"] {
      #expect(try matches(filter, line))
    }
    for filter in ["client=2001:db8:2::/48", "client=10.0.0.0/8", "client=2001:db8::/129"] {
      #expect(try !matches(filter, line))
    }
  }

  /// A whole address is that address alone; a part of one stands for all that contain it.
  @Test func addressesAreEqualByValue() throws {
    func connect(_ address: String) -> String {
      "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x192.0.2.1.example[\(address)]"
    }
    #expect(try matches("client=192.0.2.1", connect("192.0.2.1")))
    for other in ["192.0.2.10", "192.0.2.199", "1.192.0.2", "2001:db8::1"] {
      #expect(try !matches("client=192.0.2.1", connect(other)), "\(other)")
    }
    #expect(try matches("client=192.0.2.", connect("192.0.2.10")))
    #expect(try matches("client=2.1.ex", connect("192.0.2.10")))
    #expect(try matches("client!=192.0.2.1", connect("192.0.2.10")))
    for same in ["2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0:0:0:0:0:1"] {
      #expect(try matches("client=\(same)", connect("2001:db8::1")))
      #expect(try !matches("client=\(same)", connect("2001:db8::10")))
    }
    #expect(try matches("client=2001:db8::", connect("2001:db8::10")))
  }

  @Test(arguments: [
    ("event=rejct", "there are accepted, reject"), ("evnt=reject", "event="), ("\"open", "quote"),
  ])
  func mistakesAreNamed(_ filter: String, _ words: String) {
    #expect {
      try LogFilter(filter)
    } throws: { error in
      "\(error)".contains(words)
    }
  }
}
