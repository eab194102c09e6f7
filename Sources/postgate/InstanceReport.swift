import ChangeControl
import Glibc
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost

/// What `postgate status` tells.
struct InstanceReport {
  var directory: String
  var hostname: String
  var version: String
  var running: RunningState?
  var services: [String]
  var log: String?
  /// Open SMTP connections; nil when we may not see them.
  var connections: Int?
  var rates: HourlyRates?
  var records: [ChangeRecord] = []
  var waiting: ChangeRecord?
  var trials: [ChangeRecord] = []
  var trialsWithoutEnd: [Restriction] = []
  var drafts: [SavedDraft] = []
  /// What an interrupted change had left, and what was done about it.
  var repaired: [String]
  var isReadOnly: Bool

  /// Counts of the last hour.
  struct HourlyRates {
    var connections: Int
    var rejects: Int
    var accepted: Int
    /// False while the log does not reach back an hour.
    var isWhole: Bool
  }

  /// Asks Postfix, the kernel, the log and the history. Blocks.
  init(_ context: Context) throws {
    repaired = Self.recover(context)
    let layout = try context.instance.layout()
    let snapshot = try context.instance.loadConfiguration()
    directory = context.instance.configurationDirectory
    hostname = layout.hostname
    version = "\(snapshot.configuration.environment.version)"
    running = Instance.running(queueDirectory: layout.queueDirectory)
    services = layout.smtpdServices.map(\.id.description)
    log = context.logSource()?.label
    isReadOnly = !context.isPrivileged
    let look = LiveConnections(queueDirectory: layout.queueDirectory).look()
    connections = look.isComplete ? look.sockets.count : nil
    rates = Self.rates(context, snapshot)
    guard let transaction = try? context.transaction() else { return }
    records = (try? transaction.history().records()) ?? []
    waiting = (try? transaction.waiting()) ?? nil
    trials = (try? transaction.runningTrials()) ?? []
    trialsWithoutEnd = (try? transaction.trialsWithoutEnd(in: snapshot.configuration)) ?? []
    drafts = (try? transaction.drafts().all()) ?? []
  }

  private static func rates(
    _ context: Context, _ snapshot: ConfigurationSnapshot
  ) -> HourlyRates? {
    let since = LogTime(seconds: LogTime.now.seconds - 3600)
    guard let counts = try? context.count(since: since, snapshot: snapshot) else { return nil }
    return HourlyRates(
      connections: counts.connections, rejects: counts.rejects, accepted: counts.accepted,
      isWhole: counts.coverage.isComplete
        && counts.coverage.readFrom.map { $0 <= since } ?? false)
  }

  /// Finishes or takes back what an interrupted change left; needs root.
  private static func recover(_ context: Context) -> [String] {
    guard context.isPrivileged, let transaction = try? context.transaction() else { return [] }
    do {
      return try transaction.recover()
    } catch {
      return ["not repaired: \(error)"]
    }
  }

  var alarms: [ChangeRecord] { records.filter { $0.phase == .alarm } }
}

extension InstanceReport {
  /// One thing a line.
  var lines: [String] {
    var lines = ["\(hostname)  postfix \(version)  \(directory)"]
    lines.append(running.map { "running, master is process \($0.pid)" } ?? "not running")
    lines.append("services  " + services.joined(separator: "  "))
    lines.append("log       " + (log ?? "none found; name one with --log"))
    lines.append("clients   " + (connections.map { "\($0) connected" } ?? "unknown without root"))
    if let rates {
      lines.append(
        "last hour \(rates.connections) connections, \(rates.rejects) rejects, "
          + "\(rates.accepted) messages accepted"
          + (rates.isWhole ? "" : " (the log reaches back less)"))
    }
    lines += alarms.map { "ALARM     \($0.summary)" }
    if let waiting, let window = waiting.window {
      lines.append(
        "waiting   change \(waiting.number) is taken back in "
          + "\(LengthOfTime(seconds: Int(window.secondsLeft))); keep it with postgate confirm "
          + "\(waiting.number)")
    }
    lines += trials.compactMap { record in record.trial.map { Self.line(record.number, $0) } }
    lines += trialsWithoutEnd.map { restriction in
      let argument = restriction.argument.map { " \($0)" } ?? ""
      let place = restriction.origin.location
      return "trial     \(restriction.name)\(argument) in \(place.file.rawValue):\(place.line) "
        + "has no end; enable or disable it"
    }
    lines += drafts.map { draft in
      "draft     \(draft.edits.count) edit\(draft.edits.count == 1 ? "" : "s") of \(draft.user), "
        + "saved \(LogTime(seconds: draft.saved).local)"
    }
    if let last = records.last { lines.append("change    \(last.summary)") }
    lines += repaired
    if isReadOnly { lines.append("read-only: changing needs root (sudo postgate)") }
    return lines
  }

  private static func line(_ number: Int, _ trial: TimedTrial) -> String {
    let end =
      trial.problem
      ?? "ends in \(LengthOfTime(seconds: Int(trial.secondsLeft.rounded(.up))))"
    return "trial     \(number)  \(trial.restriction)  \(end)"
  }

  /// The JSON of `postgate status` (schema 1, see postgate(8)).
  var json: JSONValue {
    [
      "schema": 1,
      "instance": [
        "configuration_directory": .string(directory), "hostname": .string(hostname),
        "version": .string(version), "running": .bool(running != nil),
        "uptime_seconds": .optional(running?.uptime.map { Int($0) }),
      ],
      "log": .optional(log), "read_only": .bool(isReadOnly),
      "connections": .optional(connections),
      "last_hour": rates.map { rates in
        [
          "connections": .int(rates.connections), "rejects": .int(rates.rejects),
          "accepted": .int(rates.accepted), "complete": .bool(rates.isWhole),
        ]
      } ?? .null,
      "last_change": records.last.map { $0.json } ?? .null,
      "waiting": waiting.map(Self.window) ?? .null,
      "trials": .array(trials.compactMap(Self.trial)),
      "trials_without_end": .array(
        trialsWithoutEnd.map { restriction in
          [
            "restriction": .string(restriction.name), "argument": .optional(restriction.argument),
            "parameter": .string(restriction.origin.parameter),
            "file": .string(restriction.origin.location.file.rawValue),
            "line": .int(restriction.origin.location.line),
          ]
        }),
      "drafts": .array(
        drafts.map { draft in
          [
            "user": .string(draft.user), "saved": .int(Int(draft.saved)),
            "edits": .int(draft.edits.count),
          ]
        }),
      "alarms": .array(alarms.map(\.json)), "repaired": .strings(repaired),
      "services": .strings(services),
    ]
  }

  private static func window(_ record: ChangeRecord) -> JSONValue {
    [
      "number": .int(record.number),
      "seconds_left": .optional(record.window.map { Int($0.secondsLeft) }),
      "who": .string(record.user.summary),
    ]
  }

  private static func trial(_ record: ChangeRecord) -> JSONValue? {
    guard case .object(let members)? = record.trial?.json else { return nil }
    return .object([.init(name: "number", value: .int(record.number))] + members)
  }
}
