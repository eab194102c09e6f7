import ArgumentParser
import ChangeControl
import Glibc
import HostSystem
import PostfixHost

/// `postgate status`: the instance, whether it runs, its log and its last change.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the instance, its version, its log and its last change.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingErrors {
      let context = try Context(target)
      let repaired = recover(context)
      let layout = try context.instance.layout()
      let running = Instance.running(queueDirectory: layout.queueDirectory)
      let version = try context.instance.loadConfiguration().configuration.environment.version
      let records = (try? context.transaction().history().records()) ?? []
      let last = records.last
      let alarms = records.filter { $0.phase == .alarm }
      let log = context.logSource()?.label
      if output.json {
        write([
          "schema": 1,
          "instance": [
            "configuration_directory": .string(context.instance.configurationDirectory),
            "hostname": .string(layout.hostname), "version": .string("\(version)"),
            "running": .bool(running != nil),
            "uptime_seconds": .optional(running?.uptime.map { Int($0) }),
          ],
          "log": .optional(log), "read_only": .bool(geteuid() != 0),
          "last_change": last.map { $0.json } ?? .null,
          "alarms": .array(alarms.map(\.json)), "repaired": .strings(repaired),
          "services": .strings(layout.smtpdServices.map(\.id.description)),
        ])
        return
      }
      write("\(layout.hostname)  postfix \(version)  \(context.instance.configurationDirectory)")
      write(running.map { "running, master is process \($0.pid)" } ?? "not running")
      write("services  " + layout.smtpdServices.map(\.id.description).joined(separator: "  "))
      write("log       " + (log ?? "none found; name one with --log"))
      alarms.forEach { write("ALARM     \($0.summary)") }
      if let last { write("change    \(last.summary)") }
      repaired.forEach { write($0) }
      if geteuid() != 0 { write("read-only: changing needs root (sudo postgate)") }
    }
  }

  /// Finishes or takes back what an interrupted change left; needs root.
  private func recover(_ context: Context) -> [String] {
    guard geteuid() == 0, let transaction = try? context.transaction() else { return [] }
    do {
      return try transaction.recover()
    } catch {
      return ["not repaired: \(error)"]
    }
  }
}
