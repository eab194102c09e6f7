import ArgumentParser
import ConsoleCore
import Glibc
import HostSystem
import PostfixHost
import Sandbox

/// `postgate console`: the screen.
struct ConsoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console", abstract: "Open the screen (what postgate does without a command).")

  @OptionGroup var target: InstanceOptions
  @Flag(
    help: "Where no Postfix is configured, open a private one with real traffic, gone afterwards.")
  var sandboxIfUnconfigured = false
  @Flag(help: "Write lines instead of drawing a screen: one for each verdict, one a period.")
  var plain = false
  @Option(
    help: """
      Seconds that counts stand at least (0.2 to 3600; 1 on the screen, 60 between two summaries of \
      --plain).
      """)
  var refresh: Double?

  func validate() throws {
    if let refresh, !(0.2...3600).contains(refresh) {
      throw ValidationError("--refresh takes 0.2 to 3600 seconds")
    }
  }

  func run() throws {
    try reportingErrors {
      do {
        try open(try Context(target))
      } catch let error as InstanceError where error.kind == .notConfigured && sandboxIfUnconfigured
      {
        try openSandbox()
      }
    }
  }

  private func open(_ context: Context) throws {
    if context.logSourceFromOption?.isPacked == true {
      throw Failure(
        "a packed log does not grow and cannot be followed; name the plain one with --log")
    }
    if plain || !Self.canDraw {
      var console = try PlainConsole(context: context, period: refresh ?? 60)
      try console.run()
    } else {
      var (settings, problems) = ConsoleSettings.ofThisUser()
      settings.refreshSeconds = refresh ?? settings.refreshSeconds
      var loop = try ConsoleLoop(context: context, settings: settings)
      try loop.run(telling: problems)
    }
  }

  /// False where there is no terminal, or one that says itself that it only prints.
  private static var canDraw: Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return false }
    let term = getenv("TERM").map { String(cString: $0) } ?? ""
    return !["", "dumb"].contains(term)
  }

  private func openSandbox() throws {
    // One of its own: a sandbox that the user started is not touched.
    let sandbox = SandboxInstance(
      directory: "\(SandboxInstance.defaultDirectory)-\(getpid())")
    write("no Postfix is configured here; starting a private one in \(sandbox.directory)")
    // The keeper removes the sandbox when our end of its pipe closes, whatever becomes of us.
    let keeper = try ChildProcess(
      Command(
        try resolvedPath("/proc/self/exe"), ["sandbox", "keep", "--directory", sandbox.directory]),
      newSession: true)
    defer { _ = keeper.wait() }
    let status = try sandbox.start(fresh: true)
    let traffic = TrafficRunner(status, limits: .init(rate: 8, seconds: 4 * 3600))
    traffic.start()
    defer { traffic.requestStop() }
    try open(try Context(directory: status.configurationDirectory))
  }
}
