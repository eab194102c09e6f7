import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import Synchronization

/// How a rehearsal may load the machine and DNS, and how it is watched.
public struct RehearsalLimits: Sendable {
  /// Connections to the shadow smtpd at a time, 1 to 64.
  public var connections = 6
  /// Questions a second whose answer needs DNS.
  public var dnsRate = 50.0
  /// Seconds for one answer.
  public var answerSeconds = 10.0
  /// Asks other mail servers whether addresses exist, where `reject_unverified_…` is rehearsed; it
  /// troubles them, so only on explicit demand, and at ``verificationRate``.
  public var verifiesAddresses = false
  /// Addresses a second that are verified.
  public var verificationRate = 2.0
  /// Seconds for all; what is not asked by then is told as not judged.
  public var totalSeconds = Double.infinity
  /// Asked between questions: true ends the rehearsal with what it has.
  public var isCancelled: @Sendable () -> Bool = { false }
  /// Told now and then how many questions of how many were put; on the thread that rehearses.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  /// The standard limits.
  public init() {}
}

/// A private Postfix on a staged configuration that is asked as past clients.
///
/// It has its own queue and data directory, no policy service, milter, verify or delivery agent; every
/// dialogue ends before DATA. Not thread-safe: one thread owns it.
final class ShadowServer {
  /// Questions put so far; equal ones are put once.
  private(set) var asked = 0
  private let instance: PrivateInstance
  private let services: [String: PrivateInstance.Service]
  private var limits: RehearsalLimits
  private let deadline: Double

  /// Seconds; a window whose answers come at ``RehearsalLimits/dnsRate`` may take an hour.
  private static let lifetime = 6 * 3600

  init(
    _ configuration: Configuration, of instance: Instance, layout: InstanceLayout,
    stagingDirectory: String, variants: [StandInVariant], limits: RehearsalLimits, deadline: Double
  ) throws(InstanceError) {
    self.limits = limits
    self.deadline = deadline
    self.instance = try PrivateInstance(
      configuration, of: instance, layout: layout, below: stagingDirectory, variants: variants,
      resolverOptions: "timeout:3 attempts:2", verifiesAddresses: limits.verifiesAddresses,
      lifetime: Self.lifetime)
    var services: [String: PrivateInstance.Service] = [:]
    for policy in configuration.policy().services {
      guard let service = self.instance.services.first(where: { $0.id == policy.service }),
        services[policy.tag] == nil
      else { continue }
      services[policy.tag] = service
    }
    self.services = services
  }

  /// From now on other mail servers are asked: slower, and with time for their answers.
  func verify() {
    limits.dnsRate = min(limits.dnsRate, limits.verificationRate)
    limits.answerSeconds = max(limits.answerSeconds, 60)
  }

  /// Ends every process and removes every file.
  func stop() { instance.stop() }

  /// What its lists name but cannot be asked: policy services, address verification.
  var leftOut: [String] {
    var seen: Set<String> = []
    return instance.services.flatMap(\.leftOut).filter { seen.insert($0).inserted }
  }

  /// What the shadow's programs complained about.
  var words: [String] { instance.words() }

  /// Puts questions, several at a time; the verdicts in the same order.
  ///
  /// - Parameters:
  ///   - needsDNS: keeps to ``RehearsalLimits/dnsRate``.
  ///   - looksUpNames: smtpd looks the clients' names up; each question takes a connection.
  func ask(
    _ questions: [PastQuestion], _ flavour: PrivateInstance.Flavour, needsDNS: Bool,
    looksUpNames: Bool = false
  ) -> [Verdict] {
    guard !questions.isEmpty else { return [] }
    let round = ShadowRound(
      questions, endpoints: services.mapValues { instance.endpoint($0, flavour) },
      rate: needsDNS ? limits.dnsRate : .infinity, looksUpNames: looksUpNames, limits: limits,
      deadline: deadline)
    asked += questions.count
    return round.run()
  }
}

/// One round of questions, worked on by several threads.
private final class ShadowRound: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var working = 0
    var due = 0.0
    var verdicts: [Verdict]
  }

  private let questions: [PastQuestion]
  private let endpoints: [String: SocketEndpoint]
  private let limits: RehearsalLimits
  private let interval: Double
  private let looksUpNames: Bool
  private let deadline: Double
  private let state: Mutex<State>

  init(
    _ questions: [PastQuestion], endpoints: [String: SocketEndpoint], rate: Double,
    looksUpNames: Bool, limits: RehearsalLimits, deadline: Double
  ) {
    self.looksUpNames = looksUpNames
    self.questions = questions
    self.endpoints = endpoints
    self.limits = limits
    self.deadline = deadline
    interval = rate.isFinite && rate > 0 ? 1 / rate : 0
    state = Mutex(
      State(verdicts: [Verdict](repeating: .unknown(.cancelled), count: questions.count)))
  }

  func run() -> [Verdict] {
    let count = min(max(1, min(64, limits.connections)), max(1, questions.count / 8))
    var threads: [pthread_t] = []
    for _ in 0..<count {
      state.withLock { $0.working += 1 }
      if let thread = startThread({ [self] in work() }) {
        threads.append(thread)
      } else {
        state.withLock { $0.working -= 1 }
      }
    }
    while state.withLock({ $0.working > 0 }) {
      usleep(20_000)
      limits.progress?(state.withLock { $0.done }, questions.count)
    }
    threads.forEach { pthread_join($0, nil) }
    return state.withLock { $0.verdicts }
  }

  private func work() {
    var sessions: [String: ShadowSession] = [:]
    while let number = take() {
      let verdict = answer(questions[number], &sessions)
      state.withLock {
        $0.verdicts[number] = verdict
        $0.done += 1
      }
    }
    sessions.values.forEach { $0.quit() }
    state.withLock { $0.working -= 1 }
  }

  private func answer(
    _ question: PastQuestion, _ sessions: inout [String: ShadowSession]
  ) -> Verdict {
    guard let endpoint = endpoints[question.tag] else { return .unknown(.serviceUnknown) }
    if looksUpNames { return answerLookingUp(question, endpoint) }
    // A connection may have been closed meanwhile, and a loaded machine may be slow to greet: what is
    // not answered is asked again.
    for _ in 0..<3 where monotonicSeconds() < deadline {
      let session: ShadowSession
      if let open = sessions[question.tag] {
        session = open
      } else {
        guard let opened = try? ShadowSession(endpoint, timeout: limits.answerSeconds) else {
          usleep(50_000)
          continue
        }
        sessions[question.tag] = opened
        session = opened
      }
      if let verdict = session.ask(question, within: limits.answerSeconds) { return verdict }
      sessions[question.tag] = nil
    }
    return .unknown(.noAnswer)
  }

  private func answerLookingUp(_ question: PastQuestion, _ endpoint: SocketEndpoint) -> Verdict {
    let seconds = limits.answerSeconds
    guard let session = try? ShadowSession(endpoint, for: question, timeout: seconds) else {
      return .unknown(.dnsFailed)
    }
    defer { session.quit() }
    return session.ask(question, within: seconds) ?? .unknown(.noAnswer)
  }

  /// The next question's number when its time has come; nil at the end.
  private func take() -> Int? {
    let (number, due) = state.withLock { state -> (Int?, Double) in
      guard state.next < questions.count else { return (nil, 0) }
      state.next += 1
      let due = max(state.due, monotonicSeconds())
      state.due = due + interval
      return (state.next - 1, due)
    }
    guard let number else { return nil }
    while true {
      if limits.isCancelled() || monotonicSeconds() >= deadline { return nil }
      let wait = due - monotonicSeconds()
      guard wait > 0 else { return number }
      usleep(UInt32(min(50_000, wait * 1e6 + 1)))
    }
  }
}
