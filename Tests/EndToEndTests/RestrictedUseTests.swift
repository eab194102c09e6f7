import Glibc
import HostSystem
import Sandbox
import TestSupport
import Testing

@testable import postgate

/// What people may do who are not root, by a line of sudoers.
@Suite struct RestrictedUseTests {
  private let sample = packageRoot + "/Resources/sudoers/postgate"

  /// The whole commands of the sample file.
  private func commands() throws -> [[String]] {
    String(decoding: try readFile(sample).bytes, as: UTF8.self)
      .split(separator: "\n").filter { $0.hasPrefix("    /") }
      .map { line in
        line.split(separator: " ").map(String.init).filter { $0 != "\\" }
          .map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }
      }
  }

  @Test func everyLineOfTheSampleIsWholeAndAllowed() throws {
    let commands = try commands()
    #expect(commands.count == 7)
    for words in commands {
      #expect(words.joined().allSatisfy { !"*?[]!\\".contains($0) }, "\(words)")
      #expect(words[1] == RestrictedUse.option && !words.contains { $0.hasPrefix("permit") })
      let arguments = try RestrictedUse.arguments(Array(words.dropFirst()), environment: [])
      #expect(arguments != nil)
      #expect(throws: Never.self) { _ = try PostgateCommand.parseAsRoot(arguments) }
    }
  }

  @Test(.enabled(if: access("/usr/sbin/visudo", X_OK) == 0, "SKIPPED: needs visudo (sudo)"))
  func visudoAcceptsTheSample() throws {
    let result = try Command("/usr/sbin/visudo", ["-c", "-f", sample]).run()
    #expect(result.succeeded || result.outputText.contains("bad permissions"), "\(result)")
    #expect(!result.errorText.contains("syntax error"))
  }

  @Test(arguments: [
    ["status", "-c", "/tmp"], ["status", "--config-directory=/tmp"], ["status", "--log", "/x"],
    ["confirm", "--config-directory", "/tmp"], ["confirm", "x"], ["confirm", "1", "2"],
    ["enable", "reject_unknown_helo_hostname"], ["undo"], ["console"], [], ["set", "a=b"],
    ["trial", "permit_mynetworks"], ["trial", "reject_unauth_destination"], ["trial", "reject"],
    ["trial", "REJECT_Unauth_Destination"], ["trial", "reject_nonsense"],
    ["trial", "reject_unknown_helo_hostname", "--yes"],
    ["trial", "reject_unknown_helo_hostname", "--for", "1h", "--log", "/x"],
    ["trial", "reject_unknown_helo_hostname", "-c", "/tmp"], ["guard-run", "--change", "1"],
    ["exempt", "192.0.2.9"], ["exempt", "192.0.2.9", "--table", "hash:/etc/postfix/access"],
    ["trial", "check_client_access", "hash:/etc/postfix/access"],
    ["trial", "reject_rbl_client", "zen.example"],
  ])
  func refusesEverythingElse(_ words: [String]) throws {
    let result = try run(words)
    #expect(result.ending == .exited(64), "\(words): \(result.outputText)\(result.errorText)")
    #expect(result.errorText.contains("does not allow"))
  }

  @Test func refusesAnotherStateDirectory() throws {
    let result = try run(["status"], ["POSTGATE_STATE_DIRECTORY": "/tmp/x"])
    #expect(result.ending == .exited(64))
    #expect(result.errorText.contains("POSTGATE_STATE_DIRECTORY must not be set"))
  }

  @Test func aMisspeltCommandIsNamed() throws {
    let result = try Command(Postgate.path, ["stauts"]).run()
    #expect(result.ending == .exited(64))
    #expect(result.errorText.contains("did you mean status?"))
    let far = try Command(Postgate.path, ["qqqqqqqqq"]).run()
    #expect(far.ending == .exited(64) && far.errorText.contains("the commands are console, status"))
  }

  private func run(
    _ words: [String], _ variables: [String: String] = [:]
  ) throws -> CommandResult {
    let environment = Command.cleanEnvironment.merging(variables) { $1 }
    return try Command(
      Postgate.path, [RestrictedUse.option] + words, environment: environment, timeout: 20
    ).run()
  }

  /// Only who may make a restriction weaker may say for how long.
  private func aTrialThatLetsMailInIsNotMadeLonger(_ directory: String, _ state: String) throws {
    func run(_ words: String...) throws -> CommandResult {
      try Postgate.run(words + ["-c", directory], state: state)
    }
    let name = "reject_non_fqdn_helo_hostname"
    #expect(try run("trial", name, "--for", "1h").succeeded)
    let longer = try run("trial", name, "--for", "24h", "--never-weaken")
    #expect(longer.ending == .exited(1), "\(longer.outputText)")
    #expect(longer.errorText.contains("refused before its trial"), "\(longer.errorText)")
    #expect(try !run("history", "1").outputText.contains("given another end"))
    #expect(try run("trial", name, "--for", "2h").succeeded)
    #expect(try run("history", "1").outputText.contains("given another end"))
    #expect(try run("undo").succeeded)
    // One that refused nobody before may be watched longer.
    #expect(try run("trial", "reject_unknown_helo_hostname", "--for", "1h").succeeded)
    let harmless = try run("trial", "reject_unknown_helo_hostname", "--for", "2h", "--never-weaken")
    #expect(harmless.succeeded, "\(harmless.errorText)")
    #expect(try run("undo").succeeded)
  }

  /// No command line that is let through touches an access table, so that whatever the check of an
  /// exception overlooks is for those who are root already.
  @Test func nothingThatIsAllowedTouchesATable() throws {
    for words in try commands() {
      let arguments = try #require(
        try RestrictedUse.arguments(Array(words.dropFirst()), environment: []))
      let command = try PostgateCommand.parseAsRoot(arguments)
      #expect(
        command is StatusCommand || command is ConfirmCommand || command is TrialCommand,
        "\(words)")
      if let trial = command as? TrialCommand {
        #expect(trial.neverWeaken && trial.arguments.restriction.argument == nil, "\(words)")
        #expect(!trial.arguments.change.yes && trial.arguments.change.confirm == nil, "\(words)")
      }
    }
  }

  @Test(.enabled(if: canRunEndToEnd, endToEndReason))
  func aTrialThroughARuleNeverWeakensAndForeignConfigurationsAreRefused() throws {
    try withSandbox { sandbox, _ in
      let state = sandbox.directory + "/../history"
      let directory = sandbox.instance.configurationDirectory
      let original = try mainCF(sandbox)
      let weaker = try Postgate.run(
        ["trial", "reject_non_fqdn_helo_hostname", "--never-weaken", "-c", directory], state: state)
      #expect(weaker.ending == .exited(1) && weaker.errorText.contains("refuses already"))
      try aTrialThatLetsMailInIsNotMadeLonger(directory, state)
      // A directory that somebody else owns: nothing of Postfix runs on it as root.
      #expect(chown(directory, 65534, 65534) == 0)
      defer { chown(directory, 0, 0) }
      let foreign = try Postgate.run(
        ["enable", "reject_unknown_helo_hostname", "-c", directory], state: state)
      #expect(foreign.ending == .exited(1) && foreign.errorText.contains("belongs to"))
      #expect(chown(directory, 0, 0) == 0 && chmod(directory, 0o777) == 0)
      let open = try Postgate.run(
        ["enable", "reject_unknown_helo_hostname", "-c", directory], state: state)
      #expect(open.ending == .exited(1) && open.errorText.contains("can be written by others"))
      #expect(chmod(directory, 0o755) == 0)
      #expect(try mainCF(sandbox) == original)
    }
  }
}
