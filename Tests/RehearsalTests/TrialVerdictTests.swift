import MailLog
import PostfixConfig
import Rehearsal
import Testing

/// The verdict of a trial: retries once, the most trusted first, what hides it named.
@Suite struct TrialVerdictTests {
  private static let settings = """
    mynetworks = 127.0.0.0/8
    smtpd_helo_restrictions = permit_mynetworks, reject_non_fqdn_helo_hostname,
        warn_if_reject reject_unknown_helo_hostname
    smtpd_recipient_restrictions = reject_unauth_destination
    """

  private func policy(_ settings: String = settings) -> Policy {
    Configuration(
      main: MainCF(Array(settings.utf8)),
      master: MasterCF(Array("smtp inet n - y - - smtpd\n".utf8)),
      environment: PostfixEnvironment(
        version: PostfixVersion(major: 3, minor: 7), defaults: ["syslog_name": "postfix"],
        tableTypes: [])
    ).policy()
  }

  /// Lines of the log; `now` counts minutes.
  private struct Log {
    var lines: [String] = []
    var minute = 0
    var pid = 100

    mutating func line(_ text: String) {
      let clock = "\(10 + minute / 60):\(String(100 + minute % 60).dropFirst())"
      lines.append("2026-11-22T\(clock):00+00:00 mx \(text)")
    }

    /// A session of one mail with a trial line for each recipient; its queue id when it is accepted.
    mutating func trial(
      _ address: String, _ sender: String, _ recipients: [String] = ["info@example.org"],
      accepted: String?
    ) {
      minute += 1
      pid += 1
      let client = "mail.example.net[\(address)]"
      line("postfix/smtpd[\(pid)]: connect from \(client)")
      var identifier = "NOQUEUE"
      for recipient in recipients {
        line(
          "postfix/smtpd[\(pid)]: \(identifier): reject_warning: RCPT from \(client): 450 4.7.1 <h>: Helo"
            + " command rejected: Host not found; from=<\(sender)> to=<\(recipient)> proto=ESMTP"
            + " helo=<h>")
        if let accepted, identifier == "NOQUEUE" {
          line("postfix/smtpd[\(pid)]: \(accepted): client=\(client)")
          identifier = accepted
        }
      }
      if let accepted {
        line("postfix/qmgr[1]: \(accepted): from=<\(sender)>, size=4, nrcpt=1 (queue active)")
        line("postfix/qmgr[1]: \(accepted): removed")
      }
      line("postfix/smtpd[\(pid)]: disconnect from \(client) ehlo=1 quit=1 commands=2")
    }

    mutating func mail(_ address: String, _ sender: String, _ queueID: String) {
      minute += 1
      pid += 1
      let client = "mail.example.net[\(address)]"
      line("postfix/smtpd[\(pid)]: connect from \(client)")
      line("postfix/smtpd[\(pid)]: \(queueID): client=\(client)")
      line("postfix/qmgr[1]: \(queueID): from=<\(sender)>, size=4, nrcpt=1 (queue active)")
      line("postfix/qmgr[1]: \(queueID): removed")
      line("postfix/smtpd[\(pid)]: disconnect from \(client) ehlo=1 quit=1 commands=2")
    }

    mutating func reject(_ address: String, _ text: String) {
      pid += 1
      line(
        "postfix/smtpd[\(pid)]: NOQUEUE: reject: RCPT from unknown[\(address)]: \(text);"
          + " from=<x@spam.test> to=<info@example.org> proto=ESMTP helo=<pc>")
    }
  }

  private func verdict(_ log: Log, began: Int = 0, _ settings: String = settings) -> TrialVerdict {
    var reader = LogRowReader(reference: LogTime(seconds: 1_800_000_000))
    let start = LogTime(seconds: 1795341600 + Int64(began) * 60)
    var collector = TrialVerdictCollector(
      restriction: "reject_unknown_helo_hostname", argument: nil, began: start,
      policy: policy(settings))
    for line in log.lines { collector.add(reader.row(Array(line.utf8).span)) }
    return collector.verdict(at: LogTime(seconds: 1_795_400_000))
  }

  @Test func countsMessagesPairsAndTrust() {
    var log = Log()
    log.mail("198.51.100.10", "a@example.net", "4AAA001")
    log.mail("198.51.100.10", "b@example.net", "4AAA002")
    log.mail("198.51.100.99", "b@other.test", "4AAA003")
    log.trial("198.51.100.11", "a@example.net", accepted: "4AAA004")
    log.trial("198.51.100.12", "c@example.net", accepted: "4AAA005")
    log.trial("203.0.113.4", "x@new.test", accepted: "4AAA006")
    log.mail("203.0.113.4", "x@new.test", "4AAA007")
    let verdict = verdict(log)
    #expect(verdict.messages == 3)
    #expect(verdict.pairs == 2)
    #expect(verdict.pairsAcceptedBefore == 1)
    #expect(verdict.senders.map(\.network) == ["198.51.100.0/24", "203.0.113.0/24"])
    #expect(verdict.senders.map(\.acceptedBefore) == [2, 0])
    #expect(
      verdict.summary
        == "reject_unknown_helo_hostname would have refused 3 messages from 2 distinct client networks × "
        + "sender domains; 1 of these had mail accepted here before")
    #expect(verdict.lines.contains { $0.hasPrefix("not known: ") })
  }

  @Test func severalRecipientsAndRetriesOfOneMailCountOnce() {
    var log = Log()
    // Deferred for another reason twice, then taken: one mail. The next of the same sender is another.
    log.trial(
      "198.51.100.10", "a@example.net", ["info@example.org", "b@example.org"], accepted: nil)
    log.trial(
      "198.51.100.12", "a@example.net", ["info@example.org", "b@example.org"], accepted: nil)
    log.trial(
      "198.51.100.10", "a@example.net", ["info@example.org", "b@example.org"], accepted: "4AAA001")
    #expect(verdict(log).messages == 1)
    log.trial("198.51.100.10", "a@example.net", accepted: "4AAA002")
    #expect(verdict(log).messages == 2)
    log.trial("198.51.100.10", "a@example.net", accepted: nil)
    log.trial("198.51.100.10", "a@example.net", accepted: nil)
    #expect(verdict(log).messages == 3)
  }

  @Test func linesBeforeTheTrialTellTrustOnly() {
    var log = Log()
    log.trial("198.51.100.10", "a@example.net", accepted: "4AAA001")
    log.mail("198.51.100.10", "a@example.net", "4AAA002")
    log.trial("198.51.100.10", "a@example.net", accepted: "4AAA003")
    let verdict = verdict(log, began: 3)
    #expect(verdict.messages == 1)
    #expect(verdict.senders.map(\.acceptedBefore) == [2])
    #expect(!verdict.unknowns.contains { $0.contains("does not reach back") })
  }

  @Test func namesWhatHidesTheTrial() {
    var log = Log()
    let helo = "504 5.5.2 <pc>: Helo command rejected: need fully-qualified hostname"
    log.reject("192.0.2.1", helo)
    log.reject("192.0.2.1", helo)
    log.reject("192.0.99.1", helo)
    log.reject("192.0.2.1", "554 5.7.1 <x@y.test>: Relay access denied")
    let verdict = verdict(log)
    #expect(verdict.hiddenBy.map(\.restriction) == ["reject_non_fqdn_helo_hostname"])
    #expect(verdict.hiddenBy.map(\.messages) == [2])
    #expect(verdict.messages == 0)
    #expect(verdict.summary.contains("no message that reached it"))
  }

  @Test func saysThatItCanNeverBeReached() {
    let settings = Self.settings.replacing(
      "reject_non_fqdn_helo_hostname,", with: "permit, reject_non_fqdn_helo_hostname,")
    #expect(verdict(Log(), settings).unreachable != nil)
  }

  @Test func trialLinesOfOthersAreNotItsOwn() {
    var log = Log()
    log.line(
      "postfix/smtpd[5]: NOQUEUE: reject_warning: RCPT from unknown[192.0.2.1]: 450 4.1.8 <a@b.test>: Sender"
        + " address rejected: Domain not found; from=<a@b.test> to=<info@example.org> proto=ESMTP"
        + " helo=<h>")
    #expect(verdict(log).messages == 0)
  }
}
