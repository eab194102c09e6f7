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
    let now = LogTime.now
    let since = try window.moment(window.since, "--since", now)
    let until = try window.moment(window.until, "--until", now)
    try window.checkOrder(since, until, now)
    try reportingErrors {
      let snapshot = try scanLogs(request(since, until, now), progress: progress)
      clearProgress()
      if output.json {
        write(snapshot.reportJSON)
      } else {
        ReportText(snapshot: snapshot, width: columns, unicode: isUTF8).lines.forEach { write($0) }
      }
    }
  }

  /// Files are read whole unless a window is named; the instance's own log for the last day.
  private func request(_ since: LogTime?, _ until: LogTime?, _ now: LogTime) throws
    -> LogScanRequest
  {
    if !files.isEmpty {
      let epochs = try target.configDirectory.map { _ in
        let context = try Context(target)
        return context.epochs(try context.instance.loadConfiguration())
      }
      return LogScanRequest(
        sources: try logInputs(paths: files), since: since, until: until, epochs: epochs ?? [])
    }
    let context = try Context(target)
    let start = since ?? LogTime(seconds: now.seconds - 86_400)
    guard let source = context.logSource() else {
      throw Failure("no mail log was found; name one with --log FILE or as an argument")
    }
    let (inputs, skipped) = try source.inputs(since: start)
    for file in skipped {
      writeError("\(file.file) is left out: \(file.reason)")
    }
    return LogScanRequest(
      sources: inputs, since: start, until: until,
      epochs: context.epochs(try context.instance.loadConfiguration()))
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
