import ArgumentParser
import Attribution
import Glibc
import MailLog
import PostfixHost

/// `postgate report`: the whole story of a log.
struct ReportCommand: ParsableCommand {
  // With a superior the parser does not look for a request for completions, which is the root's: a
  // third of what the parsing of a report's arguments costs.
  static let configuration = CommandConfiguration(
    commandName: "report", _superCommandName: "postgate",
    abstract: "Count rejects by restriction, stage, reply and client.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var window: WindowOptions
  @Argument(
    help: "Log files, compressed ones too; - for standard input. The instance's log by default.")
  var files: [String] = []

  func run() throws {
    if !files.isEmpty && target.log != nil {
      throw ValidationError("name the logs as arguments or one with --log, not both")
    }
    let bounds = try window.bounds(standard: 86_400)
    try reportingErrors {
      let snapshot = try scanLogs(request(bounds), progress: progress)
      clearProgress()
      if output.json {
        write(snapshot.reportJSON)
      } else {
        ReportText(
          snapshot: snapshot, width: columns, unicode: isUTF8,
          hasStart: files.isEmpty || window.since != nil
        ).lines.forEach { write($0) }
      }
      snapshot.coverage.skipped.forEach(writeSkipped)
      if !snapshot.coverage.isComplete { throw ExitCode(1) }
    }
  }

  /// Files are read from their beginning unless a start is named; the instance's own log for a day.
  private func request(_ bounds: (since: LogTime, until: LogTime?)) throws -> LogScanRequest {
    if !files.isEmpty {
      let epochs = try target.configDirectory.map { _ in
        let context = try Context(target)
        return context.epochs(try context.instance.loadConfiguration())
      }
      return LogScanRequest(
        sources: try logInputs(paths: files), since: window.since == nil ? nil : bounds.since,
        until: bounds.until, epochs: epochs ?? [])
    }
    let (source, epochs) = try target.logAndPolicies()
    let (inputs, skipped) = try source.inputs(since: bounds.since)
    var request = LogScanRequest(
      sources: inputs, since: bounds.since, until: bounds.until, epochs: epochs)
    request.skipped = skipped
    return request
  }

  private var progress: ((Double, Int) -> Void)? {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    return { share, bytes in
      writeProgress("reading \(Int(share * 100))%, \(bytes >> 20) MiB")
    }
  }

  private func clearProgress() {
    if isatty(STDERR_FILENO) == 1 { writeProgress("") }
  }

  /// The width of the terminal that gets the text; nil when it goes elsewhere.
  private var columns: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private var isUTF8: Bool {
    guard let name = nl_langinfo(Int32(CODESET)) else { return false }
    return String(cString: name) == "UTF-8"
  }
}
