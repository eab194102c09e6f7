import Glibc
import HostSystem
import PostfixConfig
import PostfixHost

/// Tries one smtpd service of a private instance.
struct ServiceExamination {
  let service: PrivateInstance.Service
  let shadow: PrivateInstance
  let probes: ProbeSet
  let deadline: Double

  private var name: String { service.id.description }
  /// Seconds for one answer; a DNS question is given up after one second and asked of each server.
  private let answerTime = 4.0

  init(
    service: PrivateInstance.Service, shadow: PrivateInstance, probes: ProbeSet, deadline: Double
  ) {
    self.service = service
    self.shadow = shadow
    self.probes = probes
    self.deadline = deadline
  }

  mutating func run(into judgement: inout Judgement) {
    noteLeftOut(&judgement)
    guard startsUp(&judgement), greets(&judgement) else { return }
    play([probes.coverage], .coverage, &judgement)
    play(probes.probes, .faithful, &judgement)
  }

  private func noteLeftOut(_ judgement: inout Judgement) {
    for text in service.leftOut {
      judgement.note("\(name): what \(text) would answer")
    }
    if service.isChrooted {
      judgement.note("\(name): whether everything that it needs lies in its chroot")
    }
    if ["smtpd_milters", "smtpd_milter_maps"].contains(where: {
      !(service.values[$0] ?? "").isEmpty
    }) {
      judgement.note("\(name): what the milters would answer")
    }
    if service.values["smtpd_sasl_auth_enable"] == "yes" {
      judgement.note("\(name): whether the sign-in backend works")
    }
  }

  private func startsUp(_ judgement: inout Judgement) -> Bool {
    do {
      if try shadow.startsUp(service) { return true }
      dead(&judgement)
    } catch {
      judgement.note("\(name): \(error)")
      return true
    }
    return false
  }

  /// Connects once: the first connection finds every fatal.
  ///
  /// A dying smtpd sleeps a second and says nothing, so the log is looked at between short waits.
  private func greets(_ judgement: inout Judgement) -> Bool {
    var wait = 0.2
    while monotonicSeconds() < deadline {
      if let session = try? ProbeSession(shadow.endpoint(service), timeout: wait) {
        session.quit()
        return true
      }
      if !fatalWords().isEmpty { break }
      wait = min(2, wait * 2)
    }
    dead(&judgement)
    return false
  }

  private func fatalWords() -> [String] {
    shadow.words().filter { $0.contains(": fatal: ") || $0.contains(": panic: ") }
  }

  private func dead(_ judgement: inout Judgement) {
    let said = awaited(fatalWords).last ?? shadow.words().last ?? "it says nothing"
    judgement.object(.serverDead, name, "dead", "smtpd would not answer: \(said)")
  }

  private func play(
    _ probes: [Probe], _ flavour: PrivateInstance.Flavour, _ judgement: inout Judgement
  ) {
    var session = open(flavour)
    for probe in probes where probe.kind != .signedIn || isSignInOffered {
      guard let current = session, monotonicSeconds() < deadline else {
        judgement.note(
          "\(name): \(Self.description(probe.kind)) (the private smtpd did not answer in time)")
        continue
      }
      let answer = current.ask(probe, within: answerTime)
      weigh(answer, probe, &judgement)
      // After a silence the dialogue is out of step.
      if answer.ending != .answered { session = open(flavour) }
    }
    session?.quit()
  }

  private var isSignInOffered: Bool { service.values["smtpd_sasl_auth_enable"] == "yes" }

  private func open(_ flavour: PrivateInstance.Flavour) -> ProbeSession? {
    try? ProbeSession(shadow.endpoint(service, flavour), timeout: answerTime)
  }

  private func weigh(_ answer: ProbeAnswer, _ probe: Probe, _ judgement: inout Judgement) {
    let who =
      Self.description(probe.kind)
      + (probe.kind == .ownNetwork && probe.isOfIPv6 ? " (\(probe.address))" : "")
    switch answer.ending {
    case .timedOut:
      judgement.note("\(name): \(who) (no answer within \(Int(answerTime)) s)")
      return
    case .closed:
      dead(&judgement)
      return
    case .answered: break
    }
    if Self.isConfigurationError(answer) {
      let lastWarning = awaited(warnings).last ?? "see Postfix's words"
      judgement.object(
        .everyoneDeferred, name, "451 \(lastWarning.withoutProcess)",
        "\(answer.text) to \(answer.command): \(lastWarning)")
      return
    }
    switch probe.kind {
    case .relay where answer.isAccepted:
      judgement.object(
        .openToStrangers, name, probe.isOfIPv6 ? "relay IPv6" : "relay",
        "a stranger could send mail to others through this server (\(probe.recipient) was accepted "
          + "from \(probe.address))")
    // Where Postfix speaks no IPv6 there are no such clients.
    case .ownNetwork where probe.isOfIPv6 && answer.command == "XCLIENT": break
    case .ownNetwork where !answer.isAccepted, .signedIn where !answer.isAccepted:
      if Self.isTemporary(answer) {
        judgement.note("\(name): \(who) (\(answer.text))")
      } else {
        judgement.object(
          .hurtsOwnUsers, name, who, "\(who) would be refused: \(answer.text)")
      }
    default: break
    }
  }

  private func warnings() -> [String] {
    shadow.words().filter { $0.contains(": warning: ") || $0.contains(": error: ") }
  }

  /// What the log says, which another process writes: its line may be on its way.
  private func awaited(_ words: () -> [String]) -> [String] {
    let limit = monotonicSeconds() + 1
    while monotonicSeconds() < limit {
      let said = words()
      if !said.isEmpty { return said }
      usleep(5000)
    }
    return []
  }

  /// 4.3.5 is a mistake in a list, 4.3.0 a lookup that failed; both come from our own configuration
  /// and meet every client that reaches them.
  private static func isConfigurationError(_ answer: ProbeAnswer) -> Bool {
    answer.text.hasPrefix("451 4.3.5") || answer.text.hasPrefix("451 4.3.0")
  }

  /// A name that could not be looked up now says nothing about the configuration.
  private static func isTemporary(_ answer: ProbeAnswer) -> Bool {
    answer.reply?.isTemporary ?? false
      && ["Host not found", "Domain not found", "cannot find your", "try again"].contains {
        answer.text.contains($0)
      }
  }

  private static func description(_ kind: Probe.Kind) -> String {
    switch kind {
    case .outsider: "mail from strangers to this server"
    case .relay: "strangers who want to relay"
    case .ownNetwork: "clients of mynetworks"
    case .signedIn: "signed-in users"
    }
  }
}

extension Probe {
  fileprivate var isOfIPv6: Bool { address.contains(":") }
}

extension String {
  /// `postgate-check/smtpd[123]: …` without the number, which is another in each run.
  fileprivate var withoutProcess: String {
    guard let open = firstIndex(of: "["), let end = firstRange(of: "]: "), open < end.lowerBound
    else { return self }
    return String(self[..<open] + self[end.upperBound...])
  }
}
