import ArgumentParser

/// `postgate status`: the instance, what goes on, and what waits.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the instance, its connections and rates, and what waits for a decision.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingErrors {
      let report = try InstanceReport(try Context(target))
      if output.json { return write(report.json) }
      report.lines.forEach { write($0) }
    }
  }
}
