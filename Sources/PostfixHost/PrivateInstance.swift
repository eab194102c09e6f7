import Glibc
import HostSystem
import PostfixConfig
import SystemPackage

/// A real Postfix on a staged copy of a configuration, that nobody else can reach and nothing can leave.
///
/// Own queue, data directory and log below the state directory; its smtpd listens on UNIX sockets.
/// It has no queue manager, no delivery agent, no verify and no policy or milter connection. The
/// master program is started directly and always ended; a master left over by a killed postgate is
/// ended with it, or by the next ``StagingArea``. Not thread-safe: one thread owns it.
public final class PrivateInstance {
  /// One smtpd service of the live master.cf and its stand-ins here.
  public struct Service: Hashable, Sendable {
    /// The live service.
    public var id: ServiceID
    /// Its expanded values as the private smtpd has them.
    public var values: [String: String]
    /// What the staged copy leaves out of its lists: policy services, address verification.
    public var leftOut: [String]
    /// True when the live service runs in the queue directory as its root (master(5), "chroot").
    public var isChrooted = false
    /// `-o` overrides of the live entry.
    var overrides: [String]
    /// The socket name of the stand-in with the lists as they are.
    var socket: String
    /// The socket name of the stand-in that evaluates every restriction once.
    var coverageSocket: String

    /// The socket name of the stand-in of a variant.
    func socket(of variant: String) -> String { "\(variant)-\(socket)" }
  }

  /// Which stand-in of a service to talk to.
  public enum Flavour: Hashable, Sendable {
    /// The lists as they are.
    case faithful
    /// Every restriction that needs neither DNS nor a third party is evaluated once, behind
    /// `warn_if_reject`: an unknown name or a dead table cannot hide behind an earlier reject.
    case coverage
    /// The lists as the ``StandInVariant`` of that name has them.
    case variant(String)
  }

  /// The stand-ins of every smtpd service, in the order of master.cf.
  public let services: [Service]
  /// What the values of main.cf are, expanded; empty when postconf cannot read the candidate.
  public let values: [String: String]
  private let stage: StagingArea
  private let layout: InstanceLayout
  private let liveDirectory: String
  private var master: ChildProcess?
  private var standIns: StandIns?
  /// Ends the master should we be killed.
  private var lifeline: Lifeline?

  /// Stages `configuration` and starts the master on it.
  ///
  /// - Parameters:
  ///   - layout: of the live instance, for its programs and its chroot.
  ///   - directory: where to stage, 0700, for example ``StateDirectory/subdirectory(_:)``.
  ///   - variants: further stand-ins of every service, with names of their own.
  ///   - resolverOptions: how its programs ask DNS, as `options` of resolv.conf(5).
  ///   - verifiesAddresses: adds queue manager, verify and delivery agents, so that address verification
  ///     works: it asks other mail servers. Nothing else is ever in the queue.
  ///   - lifetime: seconds after which the master ends itself, should it be left alone.
  /// - Throws: ``InstanceError`` with Postfix's own words when the master does not start.
  public init(
    _ configuration: Configuration, of instance: Instance, layout: InstanceLayout,
    below directory: String, variants: [StandInVariant] = [],
    resolverOptions: String = "timeout:1 attempts:1", verifiesAddresses: Bool = false,
    lifetime: Int = 600
  ) throws(InstanceError) {
    self.layout = layout
    liveDirectory = instance.configurationDirectory
    do {
      try requireTrust(layout.daemonDirectory)
      stage = try StagingArea(below: directory, mailOwner: layout.mailOwner)
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "check the state directory")
    }
    var staged = StagedConfiguration(
      configuration, liveDirectory: instance.configurationDirectory, layout: layout, stage: stage)
    staged.variants = variants
    staged.resolverOptions = resolverOptions
    staged.verifiesAddresses = verifiesAddresses
    do {
      (services, values) = try staged.write()
      try stage.copyChroot(from: layout.queueDirectory)
      standIns = try StandIns(queue: stage.shortQueuePath, owner: layout.mailOwner)
      let command = Command(
        layout.daemonDirectory + "/master",
        ["-c", stage.configuration, "-d", "-e", String(lifetime)])
      let child = try ChildProcess(command, newSession: true)
      child.closeInput()
      master = child
      lifeline = try Lifeline(of: child)
    } catch let error as InstanceError {
      throw error
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "check the state directory")
    }
    try waitForMaster()
  }

  deinit { stop() }

  /// Ends the private instances of killed postgates and removes their files.
  ///
  /// - Parameter directory: where they were staged.
  public static func removeLeftOvers(below directory: String) {
    StagingArea.removeLeftOvers(below: directory)
  }

  /// Ends every process of the instance and removes its files.
  public func stop() {
    if let master {
      master.signalGroup(SIGTERM)
      // master ends at once; whoever of its children does not is killed with the group.
      _ = master.wait()
      master.signalGroup(SIGKILL)
    }
    master = nil
    // Not before: killed in between, we would leave it behind. Its group's number may go to others only
    // now that nobody of it is left.
    lifeline = nil
    standIns = nil
    stage.remove()
  }

  /// Where a stand-in listens.
  public func endpoint(_ service: Service, _ flavour: Flavour = .faithful) -> SocketEndpoint {
    let name =
      switch flavour {
      case .faithful: service.socket
      case .coverage: service.coverageSocket
      case .variant(let variant): service.socket(of: variant)
      }
    return .unix(path: stage.queue + "/private/" + name)
  }

  /// Runs smtpd's own start-up checks with the service's overrides (`smtpd -S`).
  ///
  /// Finds bad numbers, units, booleans and ranges that the probes' own overrides would hide.
  ///
  /// - Returns: false when smtpd refuses to start; ``words()`` then says why.
  /// - Throws: ``SystemError`` when smtpd cannot be run at all.
  public func startsUp(_ service: Service) throws(SystemError) -> Bool {
    var environment = Command.cleanEnvironment
    environment["MAIL_CONFIG"] = stage.configuration
    let ownSettings = StagedConfiguration.signInOverrides(service.values)
    let arguments = (service.overrides + ownSettings).flatMap { ["-o", $0] }
    let command = Command(
      layout.daemonDirectory + "/smtpd", ["-S"] + arguments, environment: environment, timeout: 10)
    return try command.run().succeeded
  }

  /// The warnings, errors and fatal ends that this instance logged, without time, host and paths
  /// of the staged copy; each once.
  public func words() -> [String] {
    var seen: Set<String> = []
    return logLines().filter { line in
      StagedConfiguration.isNewsworthy(line) && seen.insert(line).inserted
    }
  }

  /// What the log says so far, without time and host, live paths in place of staged ones.
  public func logLines() -> [String] {
    (standIns?.lines ?? []).map { line in
      // "Nov 22 23:33:54 host tag/program[pid]: text"
      let fields = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: true)
      let text = fields.count == 5 ? String(fields[4]) : line
      return replacing(
        stage.configuration, by: liveDirectory,
        in: replacing(stage.queue, by: layout.queueDirectory, in: text))
    }
  }

  private func waitForMaster() throws(InstanceError) {
    let deadline = monotonicSeconds() + 5
    let ready = stage.queue + "/private/" + (services.last?.coverageSocket ?? "rewrite")
    while monotonicSeconds() < deadline {
      if let status = try? FileStatus(of: ready, follow: false), status.kind == .socket { return }
      guard let master, !isZombie(master.pid) else { break }
      usleep(2000)
    }
    let said = words().joined(separator: "; ")
    stop()
    throw InstanceError(
      .failed,
      "the private Postfix does not start: \(said.isEmpty ? "it says nothing" : said)",
      remedy: "mend what it names")
  }

  private func isZombie(_ pid: Int32) -> Bool {
    guard let text = try? readProcFile("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")")
    else {
      return true
    }
    return text[text.index(after: end)...].hasPrefix(" Z")
  }
}

/// `text` with every `old` replaced.
func replacing(_ old: String, by new: String, in text: String) -> String {
  guard !old.isEmpty else { return text }
  var result = ""
  var rest = Substring(text)
  while let range = rest.firstRange(of: old) {
    result += rest[..<range.lowerBound] + new
    rest = rest[range.upperBound...]
  }
  return result + rest
}
