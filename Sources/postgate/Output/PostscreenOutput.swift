import PostfixConfig

extension PostscreenPolicy {
  /// The value of `postscreen` of a service of `postgate show --json`.
  func json(directory: String) -> JSONValue {
    [
      "service": .string(service.description),
      "access_list": .strings(accessList),
      "tests": .array(
        tests.map { test in
          [
            "name": .string(test.name), "state": .string(test.state.rawValue),
            "action": .string(test.action),
            "origin": [
              "file": .string(directory + "/" + test.location.file.rawValue),
              "line": .int(test.location.line), "column": .int(test.location.column),
              "parameter": .string(test.parameter),
            ],
          ]
        }),
      "sites": .array(
        sites.map {
          [
            "domain": .string($0.domain), "filter": .optional($0.filter), "weight": .int($0.weight),
          ]
        }),
      "threshold": .optional(threshold),
    ]
  }

  /// Lines for people, in the form of the lists that follow.
  var lines: [String] {
    var lines = [
      "  postscreen  \(service) asks first; \(accessList.joined(separator: ", ")) passes"
    ]
    for test in tests {
      lines.append("    " + test.state.rawValue.padded(to: 6) + "\(test.name)  (\(test.action))")
      guard test.name == "dnsbl" else { continue }
      for site in sites {
        let filter = site.filter.map { "=\($0)" } ?? ""
        lines.append("          \(site.domain)\(filter)  counts \(site.weight)")
      }
      if let threshold, !sites.isEmpty { lines.append("          fails from \(threshold) on") }
    }
    return lines
  }
}
