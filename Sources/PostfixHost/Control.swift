import HostSystem
import Synchronization

/// A command that ran, ready to be copied into a shell, and how it ended.
public struct CommandRecord: Hashable, Sendable, Codable {
  /// Shell-quoted.
  public var command: String
  /// `exit 0`, `signal 9` or `timed out`.
  public var ending: String
  /// How long it took.
  public var seconds: Double
  /// What it said, at most 4 KiB.
  public var output: String
}

/// The commands that ran, oldest first; any thread may add.
public final class CommandLog: Sendable {
  private let entries = Mutex<[CommandRecord]>([])

  /// An empty log.
  public init() {}

  /// What ran so far; the last 1,000.
  public var records: [CommandRecord] { entries.withLock { $0 } }

  /// Runs a command and keeps the record of it.
  ///
  /// - Parameter onTerminal: gives it a pseudo terminal, for programs of Postfix before 3.8, which
  ///   speak to terminals only.
  /// - Throws: ``SystemError`` when it cannot be started; that is not recorded.
  public func run(
    _ command: Command, onTerminal: Bool = false
  ) throws(SystemError) -> CommandResult {
    let start = monotonicSeconds()
    let result = onTerminal ? try command.runOnTerminal() : try command.run()
    let ending =
      switch result.ending {
      case .exited(let status): "exit \(status)"
      case .signalled(let signal): "signal \(signal)"
      case .timedOut: "timed out"
      }
    let said = String(decoding: (result.output + result.error).prefix(4096), as: UTF8.self)
    let record = CommandRecord(
      command: command.shellQuoted, ending: ending, seconds: monotonicSeconds() - start,
      output: said)
    entries.withLock { entries in
      entries.append(record)
      if entries.count > 1000 { entries.removeFirst() }
    }
    return result
  }
}

extension Instance {
  /// Makes the running Postfix read its configuration again.
  ///
  /// Exit status 0 means that master was told, not that it survived: look afterwards.
  ///
  /// - Throws: ``InstanceError`` with Postfix's own words when it refuses.
  public func reload(
    layout: InstanceLayout, log: CommandLog
  ) throws(InstanceError) {
    let command = Command(
      layout.commandDirectory + "/postfix", ["-c", configurationDirectory, "reload"], timeout: 30)
    do {
      let result = try log.run(command, onTerminal: true)
      guard result.succeeded else {
        let said = result.outputText.split(separator: "\n").joined(separator: "; ")
        throw InstanceError(
          .failed, "Postfix refused to reload: \(said.isEmpty ? "\(result.ending)" : said)",
          remedy: "see the mail log")
      }
    } catch let error as InstanceError {
      throw error
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "check the Postfix installation")
    }
  }
}
