import Attribution
import MailLog

extension LogSnapshot {
  /// `{since, until}`, as every command that counts shows its window.
  var windowJSON: JSONValue {
    ["since": .string(since.rfc3339), "until": .string(until.rfc3339)]
  }

  /// The JSON of `postgate report` (schema 1, see postgate(8)).
  var reportJSON: JSONValue {
    [
      "schema": 1,
      "window": windowJSON,
      "coverage": coverage.json,
      "connections": .int(connections),
      "accepted": .int(accepted),
      "distinct_clients": .int(distinctClients),
      "rejects": rejectsJSON,
      "postscreen": .counts(postscreen),
      "trial": [
        "total": .int(trial), "by_restriction": byRestriction(\.trial), "open": groups(openTrial),
      ],
      "actions": .counts(incidentCounts(.action)),
      "deliveries": .counts(incidentCounts(.delivery)),
      "events": .counts(incidentCounts(.event)),
      "anvil": .object(peaks.map { JSONValue.Member(name: $0.kind.name, value: $0.json) }),
      "top": top.json,
      "series": series.json,
    ]
  }

  private var rejectsJSON: JSONValue {
    [
      "total": .int(rejects),
      "by_restriction": byRestriction(\.rejects),
      "by_command": .counts(byCommand),
      "by_stage": .counts(byStage),
      "by_service": .counts(byService),
      "by_reply": .counts(byReply),
      "open": groups(open),
    ]
  }

  private func groups(_ groups: [OpenGroup]) -> JSONValue {
    .array(
      groups.map { group in
        ["candidates": .strings(group.candidates.map(\.label)), "count": .int(group.count)]
      })
  }

  /// The counted incidents of a group by their names.
  func incidentCounts(_ group: LogIncident.Group) -> [String: Int] {
    var counts: [String: Int] = [:]
    for (incident, count) in incidents where incident.group == group && count > 0 {
      counts[incident.name] = count
    }
    return counts
  }

  private func byRestriction(_ count: KeyPath<RowCount, Int>) -> JSONValue {
    .array(
      restrictionTotals(count).map { total in
        [
          "restriction": .string(total.cause.name),
          "argument": .optional(total.cause.argument),
          "count": .int(total.count),
        ]
      })
  }

  /// Counts per restriction and argument over all tags, heaviest first.
  func restrictionTotals(_ count: KeyPath<RowCount, Int>) -> [(cause: CauseCandidate, count: Int)] {
    var totals: [CauseCandidate: Int] = [:]
    for (key, row) in rows where row[keyPath: count] > 0 {
      totals[CauseCandidate(name: key.restriction, argument: key.argument), default: 0] +=
        row[keyPath: count]
    }
    return totals.map { (cause: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.cause) < ($0.count, $1.cause) }
  }
}

extension LoadPeak {
  /// The highest number of one kind that anvil reported.
  var json: JSONValue {
    [
      "value": .int(value), "unit": .optional(unit), "service": .string(service),
      "client": .string(client), "time": .string(time.rfc3339),
    ]
  }
}

extension Coverage {
  /// How much was read, as every command that counts says it.
  var json: JSONValue {
    [
      "lines": .int(lines),
      "bytes": .int(bytes),
      "postfix_lines": .int(postfixLines),
      "unknown_lines": .int(unknownLines),
      "files": .strings(files),
      "read_from": .optional(readFrom?.rfc3339),
      "complete": .bool(isComplete),
      "skipped": .skipped(skipped),
    ]
  }
}

extension JSONValue {
  /// Logs that were left out or not read whole.
  static func skipped(_ logs: [Coverage.Skipped]) -> JSONValue {
    .array(logs.map { ["file": .string($0.file), "reason": .string($0.reason)] })
  }
}

extension TopTalkers {
  var json: JSONValue {
    [
      "clients": entries(clients), "networks": entries(networks), "helo_names": entries(heloNames),
      "sender_domains": entries(senderDomains), "recipients": entries(recipients),
    ]
  }

  private func entries(_ entries: [Entry]) -> JSONValue {
    .array(
      entries.map { ["key": .string($0.key), "count": .int($0.count), "error": .int($0.error)] })
  }
}

extension Series {
  var json: JSONValue {
    [
      "start": .string(start.rfc3339),
      "step_seconds": .int(stepSeconds),
      "connections": .array(connections.map(JSONValue.int)),
      "rejects": .array(rejects.map(JSONValue.int)),
      "accepted": .array(accepted.map(JSONValue.int)),
    ]
  }
}

extension CauseCandidate {
  /// The restriction as one would write it: name, blank, argument.
  var label: String { argument.map { "\(name) \($0)" } ?? name }
}
