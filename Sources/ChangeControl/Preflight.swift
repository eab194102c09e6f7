import HostSystem
import PostfixConfig
import PostfixHost

/// Judges a candidate before it is written: our own checks, then Postfix itself in private.
public struct Preflight: Sendable {
  /// The live instance.
  public let instance: Instance
  /// Where the live instance keeps its things.
  public let layout: InstanceLayout
  /// Where private instances are staged.
  public let stagingDirectory: String
  /// Seconds that all dialogues with one configuration may take together.
  public var patience = 10.0
  /// Copies of the tables that the candidate comes with.
  var tables: TableStage?

  /// - Parameters:
  ///   - layout: of the live instance; its networks and domains are the ones that must go on working.
  ///   - stagingDirectory: 0700 and ours.
  public init(instance: Instance, layout: InstanceLayout, stagingDirectory: String) {
    self.instance = instance
    self.layout = layout
    self.stagingDirectory = stagingDirectory
  }

  /// What our own checks say of `candidate`; those absent from `base` are marked as added.
  public static func findings(
    of candidate: Configuration, base: Configuration, on instance: Instance
  ) -> [Finding] {
    instance.findings(of: candidate, comparedTo: base)
  }

  /// Judges `candidate`, measured against `base`, the configuration in force.
  ///
  /// Postfix is not asked when our own checks already forbid the candidate.
  public func run(candidate: Configuration, base: Configuration) -> PreflightReport {
    let findings = Self.findings(of: candidate, base: base, on: instance)
    var report = PreflightReport()
    report.findings = findings
    if report.blocks {
      report.notJudged = ["Postfix was not asked, since our own checks forbid this already"]
    } else {
      report = askPostfix(candidate: candidate, base: base)
      report.findings = findings
    }
    return report
  }

  /// What Postfix itself has against `candidate`, without our own checks.
  func askPostfix(candidate: Configuration, base: Configuration) -> PreflightReport {
    let start = monotonicSeconds()
    let judgement = judge(tables?.redirecting(candidate) ?? candidate)
    // What the present configuration does too is not the draft's doing; it is asked only then.
    let present = judgement.objections.isEmpty ? [] : judge(base).objections
    var report = PreflightReport()
    report.problems = judgement.objections.filter { objection in
      !present.contains { $0.key == objection.key }
    }.map(\.problem)
    report.postfixWords = judgement.words
    report.notJudged = judgement.notJudged
    report.seconds = monotonicSeconds() - start
    return report
  }

  private func judge(_ configuration: Configuration) -> Judgement {
    var judgement = Judgement()
    do {
      let shadow = try PrivateInstance(
        configuration, of: instance, layout: layout, below: stagingDirectory)
      defer { shadow.stop() }
      let deadline = monotonicSeconds() + patience
      let probes = ProbeSet(layout: layout)
      for service in shadow.services {
        var examination = ServiceExamination(
          service: service, shadow: shadow, probes: probes, deadline: deadline)
        examination.run(into: &judgement)
      }
      judgement.words = shadow.words()
    } catch {
      judgement.object(.serverDead, nil, "start", "\(error)")
    }
    return judgement
  }
}

/// What one private instance showed.
struct Judgement {
  /// A problem, and what it is compared by with the problems of another configuration.
  struct Objection {
    var key: String
    var problem: ServiceProblem
  }

  var objections: [Objection] = []
  var words: [String] = []
  var notJudged: [String] = []

  mutating func object(
    _ problemClass: FindingClass, _ service: String?, _ what: String, _ message: String
  ) {
    let key = "\(problemClass.rawValue) \(service ?? "") \(what)"
    guard !objections.contains(where: { $0.key == key }) else { return }
    let problem = ServiceProblem(problemClass: problemClass, service: service, message: message)
    objections.append(Objection(key: key, problem: problem))
  }

  mutating func note(_ sentence: String) {
    if !notJudged.contains(sentence) { notJudged.append(sentence) }
  }
}
