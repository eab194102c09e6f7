import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Rehearsal
import TestSupport
import Testing

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
      #expect(answer.restrictions.map(\.grade) == [.askedToday])
      #expect(answer.accepted.judgedTotal == 3, "\(answer.accepted)")
      #expect(answer.caught == 1 && answer.caughtAlone == 0, "\(answer)")
      #expect(answer.victims.first?.exception?.line == "198.51.100.11 OK")
      #expect(try directoryEntries(bench.staging) == [])
      print("rehearsed in \(answer.seconds) s with \(answer.questions) questions")
    }
  }
}
