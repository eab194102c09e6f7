import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Synchronization
import TestSupport
import Testing

@testable import Rehearsal

@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)), .serialized)
struct ShadowTests {
  /// The edit that switches a restriction on in the list of a stage.
  static func on(_ name: String, _ argument: String? = nil, _ stage: Stage, _ base: Configuration)
    throws -> Edit
  {
    let service = try #require(base.policy().services.first).service.description
    return .insert(stage: stage, service: service, name: name, argument: argument, state: .on)
  }

  @Test func saysWhoWouldBeLostByOneRestriction() throws {
    try RehearsalBench.with { bench in
      let recording = try HeloRecording.edits(on: true, in: try bench.configuration)
      try bench.apply(try bench.configuration.applying(recording))
      let good = RehearsalBench.Client(
        name: "mail.example.net", address: "198.51.100.10", helo: "mail.example.net",
        sender: "lea@example.net", recipients: ["info@example.org"])
      var internalName = good
      internalName.address = "198.51.100.11"
      internalName.helo = "exchange.corp.internal.example.com"
      var nuisance = good
      nuisance.name = nil
      nuisance.address = "192.0.2.9"
      nuisance.helo = "ylmf-pc"
      #expect(
        try bench.send([good, internalName, internalName, nuisance]) == [true, true, true, false])
      let traffic = try bench.traffic(accepted: 3)
      let base = try bench.configuration
      let answer = try bench.rehearsal().run(
        [try Self.on("reject_unknown_helo_hostname", nil, .helo, base)], on: base,
        traffic: traffic, subject: "reject_unknown_helo_hostname")
      #expect(answer.victims.map(\.clientAddress) == ["198.51.100.11"], "\(answer)")
      #expect(answer.victims.first?.lost == 2)
      #expect(answer.lostMails == 2)
      // The code is the configuration's own, not the one that the shadow is asked with.
      let lenient = try base.applying([
        .setParameter(name: "unknown_hostname_reject_code", value: "450", service: nil)
      ])
      let again = try bench.rehearsal().run(
        [try Self.on("reject_unknown_helo_hostname", nil, .helo, base)], on: lenient,
        traffic: traffic, subject: "")
      #expect(answer.victims.first?.reply.hasPrefix("554 5.7.1 <exchange.") == true)
      #expect(again.victims.first?.reply.hasPrefix("450 4.7.1 <exchange.") == true, "\(again)")
      #expect(answer.restrictions.map(\.grade) == [.askedToday])
      #expect(answer.accepted.judgedTotal == 3, "\(answer.accepted)")
      #expect(answer.caught == 1 && answer.caughtAlone == 0, "\(answer)")
      #expect(answer.victims.first?.exception?.line == "198.51.100.11 OK")
      #expect(try directoryEntries(bench.staging) == [])
      print("rehearsed in \(answer.seconds) s with \(answer.questions) questions")
    }
  }

  /// Traffic without a log: `count` distinct mails.
  private static func traffic(_ count: Int, refused: Int = 0) -> PastTraffic {
    var traffic = PastTraffic()
    let moment = LogTime(seconds: 1_790_000_000)
    func question(_ number: Int, _ helo: String) -> PastQuestion {
      PastQuestion(
        tag: "postfix", clientName: "c\(number).example.net",
        clientAddress: "198.\(18 + number % 2).\(number / 250 % 250).\(number % 250 + 1)",
        helo: helo,
        sender: "u\(number)@example.net", recipients: ["info@example.org"])
    }
    traffic.accepted = (0..<count).map {
      let helo = $0 % 10 == 0 ? "pc\($0)" : "c\($0).example.net"
      return PastMail(question: question($0, helo), count: 1, lastSeen: moment)
    }
    traffic.acceptedCount = count
    traffic.refused = (count..<count + refused).map {
      PastMail(
        question: question($0, "pc"), count: 1, lastSeen: moment,
        cause: .restriction(name: "reject_unauth_destination", argument: nil))
    }
    traffic.refusedCount = refused
    return traffic
  }

  /// The sandbox's configuration with the strict HELO check switched off, and the edit that brings it back.
  private static func lenient(_ bench: RehearsalBench) throws -> (Configuration, Edit) {
    let base = try bench.configuration
    let target = try #require(
      base.policy().services.first?.lists.flatMap(\.restrictions).first {
        $0.name == "reject_non_fqdn_helo_hostname"
      }
    ).target
    return (try base.applying([.setState(target, .off)]), .setState(target, .on))
  }

  /// That a hundred recipients are accepted says nothing of the others; one that is refused does.
  @Test func whatLacksRecipientsIsNotCalledAccepted() throws {
    try RehearsalBench.with { bench in
      let (base, edit) = try Self.lenient(bench)
      var traffic = Self.traffic(2)
      for index in traffic.accepted.indices {
        traffic.accepted[index].question.lacksRecipients = true
      }
      let answer = try bench.rehearsal().run([edit], on: base, traffic: traffic, subject: "")
      #expect(answer.lostMails == 1)
      #expect(answer.accepted.judgedTotal == 1)
      #expect(answer.accepted.unjudged == [.recipientsLeftOut: 1])
      #expect(
        answer.unknowns.contains { $0.hasPrefix("1 accepted mails were not judged: they had") })
    }
  }

  @Test func addressesThatAreNotASCIIAreAskedAsTheyCame() throws {
    try RehearsalBench.with { bench in
      let (lenient, edit) = try Self.lenient(bench)
      let base = try lenient.applying([
        .setParameter(name: "strict_smtputf8", value: "yes", service: nil)
      ])
      var traffic = Self.traffic(2)
      for index in traffic.accepted.indices {
        traffic.accepted[index].question.sender = "jörg@müller.example.net"
      }
      let answer = try bench.rehearsal().run([edit], on: base, traffic: traffic, subject: "")
      #expect(answer.accepted.judgedTotal == 2, "\(answer.accepted)")
      #expect(answer.lostMails == 1)
    }
  }

  @Test func tenThousandSessionsAreAskedOnceEach() throws {
    try RehearsalBench.with { bench in
      let (base, edit) = try Self.lenient(bench)
      let before = peakMemory()
      let answer = try bench.rehearsal().run(
        [edit], on: base, traffic: Self.traffic(7000, refused: 3000), subject: "")
      #expect(answer.lostMails == 700)
      #expect(answer.caught == 3000 && answer.caughtAlone == 0)
      #expect(answer.questions == 10_000)
      let memory = (peakMemory() - before) / 1024
      print("10,000 sessions rehearsed in \(answer.seconds) s, \(memory) MiB more at the peak")
    }
  }

  @Test func endsWhenToldToAndSaysWhatIsMissing() throws {
    try RehearsalBench.with { bench in
      let (base, edit) = try Self.lenient(bench)
      let asked = Mutex(0)
      var rehearsal = try bench.rehearsal()
      rehearsal.limits.isCancelled = {
        asked.withLock {
          $0 += 1
          return $0 > 500
        }
      }
      let seen = Mutex((done: 0, total: 0))
      rehearsal.limits.progress = { done, total in seen.withLock { $0 = (done, total) } }
      let answer = try rehearsal.run([edit], on: base, traffic: Self.traffic(5000), subject: "")
      let left = answer.accepted.unjudged[.cancelled] ?? 0
      #expect(left >= 4000 && left < 5000)
      #expect(answer.accepted.judgedTotal + left == 5000)
      #expect(answer.unknowns.contains { $0.hasPrefix("\(left) accepted mails were not judged") })
      #expect(seen.withLock { $0.total } == 5000)
      #expect(try directoryEntries(bench.staging) == [])
    }
  }

  @Test func theExceptionBesideAVictimSavesIt() throws {
    try RehearsalBench.with { bench in
      let (base, edit) = try Self.lenient(bench)
      let traffic = Self.traffic(10)
      let rehearsal = try bench.rehearsal()
      let answer = try rehearsal.run([edit], on: base, traffic: traffic, subject: "")
      let exception = try #require(answer.victims.first?.exception)
      #expect(answer.lostMails == 1)
      let path = bench.staging + "-exceptions"
      try writeNewFile(path, Array(((exception.line ?? "") + "\n").utf8), mode: 0o644)
      let value = try #require(base.main.rawValue(of: exception.parameter))
      let saved = value.replacing(
        "permit_sasl_authenticated,",
        with: "permit_sasl_authenticated, \(exception.restriction) texthash:\(path),")
      #expect(saved != value)
      let mended = try base.applying([
        .setParameter(name: exception.parameter, value: saved, service: nil)
      ])
      let service = try #require(base.policy().services.first).service.description
      let strict = Edit.insert(
        stage: .helo, service: service, name: exception.before, argument: nil, state: .on)
      let again = try rehearsal.run([strict], on: mended, traffic: traffic, subject: "")
      #expect(again.lostMails == 0, "\(again.victims)")
      #expect(again.accepted.judgedTotal == 10)
    }
  }

  @Test func aRemovalTellsWhatWouldGetIn() throws {
    try RehearsalBench.with { bench in
      let good = RehearsalBench.Client(
        name: "mail.example.net", address: "198.51.100.10", helo: "mail.example.net",
        sender: "lea@example.net", recipients: ["info@example.org"])
      var onlyHelo = good
      (onlyHelo.address, onlyHelo.helo) = ("192.0.2.9", "ylmf-pc")
      var both = onlyHelo
      (both.address, both.sender) = ("192.0.2.10", "root")
      var other = good
      (other.address, other.sender) = ("192.0.2.11", "root")
      #expect(try bench.send([good, onlyHelo, both, other]) == [true, false, false, false])
      let traffic = try bench.traffic(accepted: 1)
      let base = try bench.configuration
      let (_, on) = try Self.lenient(bench)
      guard case .setState(let target, _) = on else { return }
      let answer = try bench.rehearsal().run(
        [.setState(target, .off)], on: base, traffic: traffic, subject: "")
      #expect(answer.admitted.map(\.question.clientAddress) == ["192.0.2.9"])
      #expect(answer.victims == [])
      #expect(answer.refused.judgedTotal == 3)
      // What stands unchanged is not asked.
      #expect(answer.questions == 2)
    }
  }

  @Test func anyDraftIsMeasuredAgainstThePresent() throws {
    try RehearsalBench.with { bench in
      let own = RehearsalBench.Client(
        name: "pc.example.org", address: "10.0.0.7", helo: "pc.example.org",
        sender: "info@example.org", recipients: ["anna@elsewhere.test"])
      var other = own
      (other.address, other.name) = ("10.0.0.8", "pc8.example.org")
      other.recipients = ["anna@example.org"]
      let networks = "127.0.0.0/8 10.0.0.0/8"
      let base = try bench.configuration.applying([
        .setParameter(name: "mynetworks", value: networks, service: nil)
      ])
      try bench.apply(base)
      #expect(try bench.send([own, other]) == [true, true])
      let traffic = try bench.traffic(accepted: 2)
      let answer = try bench.rehearsal().run(
        [.setParameter(name: "mynetworks", value: "127.0.0.0/8", service: nil)], on: base,
        traffic: traffic, subject: "the draft")
      #expect(answer.victims.map(\.clientAddress) == ["10.0.0.7"], "\(answer)")
      #expect(answer.victims.first?.reply.contains("Relay access denied") == true)
      #expect(answer.caught == nil)
    }
  }

  @Test func recentClientsAreJudgedQuickly() throws {
    try RehearsalBench.with { bench in
      let (base, edit) = try Self.lenient(bench)
      try bench.apply(try base.applying(try HeloRecording.edits(on: true, in: base)))
      let good = RehearsalBench.Client(
        name: "mail.example.net", address: "198.51.100.10", helo: "mail.example.net",
        sender: "lea@example.net", recipients: ["info@example.org"])
      var short = good
      (short.address, short.helo) = ("198.51.100.11", "mail")
      #expect(try bench.send([good, short]) == [true, true])
      _ = try bench.traffic(accepted: 2)
      let start = monotonicSeconds()
      let recent = try bench.rehearsal().recentClients(
        refusedBy: try base.applying([edit]), edits: [edit], base: base,
        in: try PastTraffic.recent(in: .file(path: bench.sandbox.logFile)))
      #expect(recent.victims.map(\.clientAddress) == ["198.51.100.11"])
      #expect(recent.judged == 2 && recent.notJudged == 0)
      #expect(recent.lines.first == "recently accepted mail: 1 would now be refused")
      print("recent clients judged in \(monotonicSeconds() - start) s")
    }
  }

  @Test func sendersAreVerifiedOnDemandOnly() throws {
    try RehearsalBench.with { bench in
      let good = RehearsalBench.Client(
        name: "mail.example.net", address: "198.51.100.10", helo: "mail.example.net",
        sender: "info@example.org", recipients: ["sales@example.org"])
      var ghost = good
      (ghost.address, ghost.sender) = ("198.51.100.11", "ghost@example.org")
      #expect(try bench.send([good, ghost, ghost]) == [true, true, true])
      let traffic = try bench.traffic(accepted: 3)
      let base = try bench.configuration
      let edit = try Self.on("reject_unverified_sender", nil, .sender, base)
      var rehearsal = try bench.rehearsal()
      let silent = try rehearsal.run([edit], on: base, traffic: traffic, subject: "")
      #expect(silent.questions == 0 && silent.accepted.judgedTotal == 0)
      #expect(silent.unknowns.contains { $0.contains("explicit demand") })
      rehearsal.limits.verifiesAddresses = true
      let answer = try rehearsal.run([edit], on: base, traffic: traffic, subject: "")
      #expect(answer.accepted.judgedTotal == 3, "\(answer)")
      #expect(answer.victims.map(\.senderDomain) == ["example.org"])
      #expect(answer.victims.map(\.clientAddress) == ["198.51.100.11"])
      #expect(answer.lostMails == 2)
      #expect(try directoryEntries(bench.staging) == [])
    }
  }

  @Test func aTrialOverRealTrafficEndsWithTheRightVerdict() throws {
    try RehearsalBench.with { bench in
      let good = RehearsalBench.Client(
        name: "mail.example.net", address: "198.51.100.10", helo: "mail.example.net",
        sender: "lea@example.net", recipients: ["info@example.org"])
      var trusted = good
      (trusted.address, trusted.sender) = ("198.51.100.10", "lea@example.net")
      var internalName = trusted
      internalName.helo = "exchange.corp.nowhere.test"
      var stranger = internalName
      (stranger.address, stranger.sender) = ("203.0.113.40", "x@shop.example.com")
      stranger.recipients = ["info@example.org", "sales@example.org"]
      var hidden = stranger
      (hidden.address, hidden.helo) = ("203.0.113.41", "pc")
      #expect(try bench.send([trusted]) == [true])
      _ = try bench.traffic(accepted: 1)
      usleep(1_100_000)
      let began = LogTime(seconds: wallClockMicroseconds() / 1_000_000)
      let base = try bench.configuration
      let service = try #require(base.policy().services.first).service.description
      let trial = try base.applying([
        .insert(
          stage: .helo, service: service, name: "reject_unknown_helo_hostname", argument: nil,
          state: .trial)
      ])
      try bench.apply(trial)
      #expect(
        try bench.send([internalName, internalName, stranger, hidden, good])
          == [true, true, true, false, true])
      var verdict: TrialVerdict?
      _ = try waitUntil {
        verdict = try TrialVerdict.read(
          .file(path: bench.sandbox.logFile), restriction: "reject_unknown_helo_hostname",
          argument: nil, policy: trial.policy(), began: began,
          ended: LogTime(seconds: began.seconds + 60))
        return verdict?.messages == 3
      }
      let found = try #require(verdict)
      #expect(found.messages == 3 && found.pairs == 2 && found.pairsAcceptedBefore == 1, "\(found)")
      #expect(found.senders.map(\.senderDomain) == ["example.net", "shop.example.com"])
      #expect(found.senders.map(\.acceptedBefore) == [1, 0])
      #expect(found.hiddenBy.map(\.restriction) == ["reject_non_fqdn_helo_hostname"])
    }
  }

  /// Kibibytes that this process held at its peak.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }
}
