import ArgumentParser
import Attribution
import Glibc
import HostSystem
import MailLog
import PostfixHost

/// `postgate metrics`: counts as OpenMetrics text, for the node exporter's textfile collector.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print counts as OpenMetrics text, for the node exporter's textfile collector.",
    discussion: """
      The counters begin at --since, by default at the last midnight, and begin anew there; rate() \
      and increase() of Prometheus expect that. Write to a file beside the collector's, then rename it:

        postgate metrics >postgate.prom.new && mv postgate.prom.new postgate.prom
      """)

  @OptionGroup var target: InstanceOptions
  @Option(help: "Where the counters begin: today, 1h, 2026-11-22 or an RFC 3339 stamp.")
  var since = "today"

  func run() throws {
    let now = LogTime.now
    var window = WindowOptions()
    window.since = since
    window.until = nil
    guard let start = try window.moment(since, "--since", now), start <= now else {
      throw ValidationError("--since \(since) lies in the future")
    }
    try reportingErrors {
      let context = try Context(target)
      let configuration = try context.instance.loadConfiguration()
      guard let snapshot = try context.count(since: start, snapshot: configuration) else {
        throw Failure("no mail log was found; name one with --log FILE")
      }
      let queue = try context.instance.layout().queueDirectory
      let text = Metrics(
        snapshot: snapshot, isRunning: Instance.running(queueDirectory: queue) != nil
      ).text
      writeVerbatim(text)
      if !snapshot.coverage.isComplete { throw ExitCode(1) }
    }
  }
}
