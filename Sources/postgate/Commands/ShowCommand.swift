import ArgumentParser
import Attribution
import MailLog
import PostfixConfig
import PostfixHost

/// `postgate show`: the restriction lists with states, origins and counts.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the restrictions with state, origin and counts.")

  @OptionGroup var target: InstanceOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var window: WindowOptions
  @Option(help: "Only this service, as smtp/inet or submission/inet.")
  var service: String?

  func run() throws {
    let bounds = try window.bounds(standard: 3600)
    try reportingErrors {
      let context = try Context(target)
      let snapshot = try context.instance.loadConfiguration()
      var policy = snapshot.configuration.policy()
      if let service {
        policy.services = policy.services.filter { $0.service == ServiceID(service) }
        guard !policy.services.isEmpty else {
          throw Failure("there is no smtpd service \(service) in \(context.instance.masterCF)")
        }
      }
      let counts: LogSnapshot?
      do {
        counts = try context.count(since: bounds.since, until: bounds.until, snapshot: snapshot)
      } catch {
        writeError("no counts: \(error)")
        counts = nil
      }
      if output.json {
        write(json(context, snapshot, policy, counts))
      } else {
        text(policy, counts)
      }
    }
  }

  private func json(
    _ context: Context, _ snapshot: ConfigurationSnapshot, _ policy: Policy, _ counts: LogSnapshot?
  ) -> JSONValue {
    let running = (try? context.instance.layout())
      .map { Instance.running(queueDirectory: $0.queueDirectory) != nil }
    return [
      "schema": 1,
      "instance": [
        "configuration_directory": .string(context.instance.configurationDirectory),
        "version": .string("\(snapshot.configuration.environment.version)"),
        "running": running.map(JSONValue.bool) ?? .null,
      ],
      "window": counts?.windowJSON ?? .null,
      "coverage": counts?.coverage.json ?? .null,
      "other": .array(
        (counts?.others(than: policy) ?? []).map { key, count in
          [
            "tag": .string(key.tag), "restriction": .string(key.restriction),
            "argument": .optional(key.argument), "rejects": .int(count.rejects),
            "trial": .int(count.trial),
          ]
        }),
      "open": .array(
        (counts?.open ?? []).map { group in
          [
            "tag": .string(group.tag), "candidates": .strings(group.candidates.map(\.label)),
            "count": .int(group.count),
          ]
        }),
      "services": .array(
        policy.services.map {
          $0.json(counts: counts, directory: context.instance.configurationDirectory)
        }),
    ]
  }

  private func text(_ policy: Policy, _ counts: LogSnapshot?) {
    if let counts { write("counts from \(counts.since.local) to \(counts.until.local)") }
    for service in policy.services {
      write("")
      write("\(service.service)  (in the log: \(service.tag))")
      service.lines(counts: counts).forEach { write($0) }
    }
    guard let counts else { return }
    let others = counts.others(than: policy)
    if !others.isEmpty || !counts.open.isEmpty {
      write("")
      write("no restriction of these lists")
    }
    for (key, count) in others {
      let label = key.argument.map { "\(key.restriction) \($0)" } ?? key.restriction
      write("    " + "\(key.tag): \(label)".padded(to: 50) + "\(count.rejects)".leftPadded(to: 9))
    }
    for group in counts.open {
      let names = group.candidates.map(\.label).joined(separator: ", ")
      write(
        "    " + "\(group.tag): one of \(names)".padded(to: 50) + "\(group.count)".leftPadded(to: 9)
      )
    }
    write("")
    write(
      "rejects \(counts.rejects)  trial \(counts.trial)  accepted \(counts.accepted)  connections \(counts.connections)"
    )
  }
}

/// A failure that is a sentence.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
