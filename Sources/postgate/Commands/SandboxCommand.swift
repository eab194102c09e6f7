import ArgumentParser
import Glibc
import PostfixHost
import Sandbox

/// `postgate sandbox`: a private Postfix to try everything without risk.
struct SandboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run a private Postfix on loopback with private DNS and real SMTP traffic.",
    subcommands: [Start.self, Stop.self, Status.self, Traffic.self, Keep.self])

  /// Where the sandbox lies.
  struct Place: ParsableArguments {
    @Option(help: "The sandbox's directory.")
    var directory: String = SandboxInstance.defaultDirectory

    var sandbox: SandboxInstance { SandboxInstance(directory: directory) }
  }

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Start it; a main.cf that is there is kept.")
    @OptionGroup var place: Place
    @Flag(help: "Write its configuration anew, and drop its log, queue and mail.")
    var fresh = false

    func run() throws {
      try reportingErrors {
        let status = try place.sandbox.start(fresh: fresh)
        write(lines: status.text)
        write("open it with: postgate -c \(status.configurationDirectory)")
      }
    }
  }

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop", abstract: "Stop it; its files stay.")
    @OptionGroup var place: Place
    @Flag(help: "Remove its directory too.")
    var remove = false

    func run() throws {
      try reportingErrors {
        if remove { try place.sandbox.remove() } else { try place.sandbox.stop() }
        write("the sandbox is stopped" + (remove ? " and removed" : ""))
      }
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "Say whether it runs, and where.")
    @OptionGroup var place: Place

    func run() throws {
      try reportingErrors {
        let status = try place.sandbox.status()
        write(lines: status.text)
        if !status.isRunning { throw ExitCode(1) }
      }
    }
  }

  struct Traffic: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "traffic",
      abstract: "Send it SMTP sessions of many pretended clients, over 90% of them a nuisance.")
    @OptionGroup var place: Place
    @Option(help: "Sessions a second.")
    var rate = 10.0
    @Option(help: "Seconds; it stops by itself then.")
    var seconds = 600.0
    @Option(help: "Stop after so many sessions.")
    var sessions: Int?
    @Option(help: "The same seed gives the same sessions.")
    var seed: UInt64 = 1

    func run() throws {
      guard rate > 0, rate <= 1000, seconds > 0, seconds <= 86_400 else {
        throw ValidationError("--rate takes up to 1000, --seconds up to 86400")
      }
      try reportingErrors {
        let status = try place.sandbox.status()
        guard status.isRunning else {
          throw Failure("the sandbox does not run; start it with: postgate sandbox start")
        }
        let runner = TrafficRunner(
          status, plan: TrafficPlan(seed: seed),
          limits: .init(rate: rate, seconds: seconds, sessions: sessions))
        let truth = runner.run()
        write(
          "sessions \(truth.sessions)  accepted messages \(truth.totalMessages)  rejects \(truth.totalRejects)"
        )
        for (restriction, count) in truth.rejectsByRestriction.sorted(by: { $0.value > $1.value }) {
          write("  \(count)  \(restriction)")
        }
        if truth.failures > 0 {
          write("broken off: \(truth.failures), the last: \(truth.lastFailure ?? "?")")
        }
      }
    }
  }
}

extension SandboxCommand {
  /// Waits for the end of its standard input, then removes the sandbox: the console's promise that
  /// nothing is left, even when the console itself is killed.
  struct Keep: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "keep", abstract: "Remove the sandbox when standard input ends.",
      shouldDisplay: false)
    @OptionGroup var place: Place

    func run() throws {
      var byte: UInt8 = 0
      while true {
        let count = read(STDIN_FILENO, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      try reportingErrors { try place.sandbox.remove() }
    }
  }
}

extension SandboxStatus {
  /// A few lines for people.
  fileprivate var text: String {
    """
    \(isRunning ? "running" : "not running")
    configuration  \(configurationDirectory)
    log            \(logFile)
    smtp           127.0.0.1 port \(smtpPort)
    submission     127.0.0.1 port \(submissionPort)
    name server    \(dnsAddress)
    """
  }
}
