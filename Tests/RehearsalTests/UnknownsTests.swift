import MailLog
import PostfixConfig
import Testing

@testable import PostfixHost
@testable import Rehearsal

/// Every answer says what it does not know.
@Suite struct UnknownsTests {
  private func sentences(_ settings: String, _ master: String = "smtp inet n - y - - smtpd\n")
    -> [String]
  {
    let configuration = Configuration(
      main: MainCF(Array(settings.utf8)), master: MasterCF(Array(master.utf8)),
      environment: PostfixEnvironment(
        version: PostfixVersion(major: 3, minor: 7), defaults: ["syslog_name": "postfix"],
        tableTypes: []))
    let instance = Instance(configurationDirectory: "/nowhere")
    var traffic = PastTraffic()
    var question = PastQuestion(tag: "postfix", clientAddress: "192.0.2.1", sender: "a@b.test")
    question.isSenderRewritten = true
    traffic.accepted = [
      PastMail(question: question, count: 1, lastSeen: LogTime(seconds: 1_790_000_000))
    ]
    let run = RehearsalRun(
      rehearsal: Rehearsal(
        instance: instance, layout: InstanceLayout(values: [:], services: []),
        stagingDirectory: "/nowhere"),
      base: configuration, candidate: configuration, edits: [], traffic: traffic, deadline: 0)
    return Unknowns(run: run, answer: RehearsalAnswer(subject: "", restrictions: [])).sentences
  }

  @Test func areNeverNone() {
    #expect(!sentences("").isEmpty)
  }

  @Test(arguments: [
    ("smtpd_recipient_restrictions = permit_tls_clientcerts, reject", "permit_tls_clientcerts"),
    ("smtpd_delay_reject = no", "smtpd_delay_reject"),
    ("sender_canonical_maps = hash:/x", "sender_canonical_maps"),
    ("smtpd_milters = unix:/x", "milters"),
    ("smtpd_milter_maps = cidr:/x", "milters"),
    (
      "smtpd_recipient_restrictions = check_client_access hash:/x, reject",
      "what the access tables held"
    ),
  ])
  func nameWhatHidesTheTruth(_ pair: (settings: String, words: String)) {
    #expect(sentences(pair.settings).contains { $0.contains(pair.words) })
    #expect(!sentences("").contains { $0.contains(pair.words) })
  }

  /// What a service sets for itself holds for its mail.
  @Test(arguments: [
    ("-o smtpd_delay_reject=no", "smtpd_delay_reject = no in submission/inet"),
    ("-o smtpd_milters=inet:localhost:1", "milters"),
  ])
  func nameWhatAServiceSetsForItself(_ pair: (option: String, words: String)) {
    let master = "smtp inet n - y - - smtpd\nsubmission inet n - y - - smtpd\n "
    #expect(sentences("", master + pair.option + "\n").contains { $0.contains(pair.words) })
    #expect(!sentences("", master + "-o x=y\n").contains { $0.contains(pair.words) })
    let undone = "smtpd_delay_reject = no\nsmtpd_milters = unix:/x\n"
    let own = "smtp inet n - y - - smtpd\n -o smtpd_delay_reject=yes -o smtpd_milters=\n"
    #expect(!sentences(undone, own).contains { $0.contains(pair.words) })
  }

  @Test func namePostscreenInFront() {
    let master = "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n"
    #expect(sentences("", master).contains { $0.contains("postscreen") })
    #expect(!sentences("").contains { $0.contains("postscreen") })
  }

  @Test func nameServicesThatLogAlike() {
    let master = "smtp inet n - y - - smtpd\n10025 inet n - n - - smtpd\n"
    #expect(
      sentences("", master).contains { $0.hasPrefix("smtp/inet and 10025/inet log under one") })
    #expect(!sentences("").contains { $0.contains("log under one") })
  }
}
