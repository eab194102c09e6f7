/// Values that Postfix cannot read: smtpd (or all of Postfix) stops with a fatal error.
@Sendable func parameterValueCheck(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  let services: [ServiceID?] = [nil] + configuration.master.smtpdServices
  for parameter in Catalog.parameters {
    for service in services {
      guard let source = configuration.source(of: parameter.name, service: service),
        !source.isDefault, service == nil || source.override != nil,
        let value = try? configuration.expander(for: service).expand(source.value),
        let complaint = parameter.kind.complaint(about: value)
      else { continue }
      findings.append(
        Finding(
          severity: .error, findingClass: .serverDead, code: "bad-value",
          location: context.location(of: parameter.name, service: service),
          message: "\(parameter.name) = \(value): \(complaint); smtpd stops when it reads this"))
    }
  }
  return findings
}

extension ParameterInfo.Kind {
  /// What Postfix has against a value; nil when it can read it.
  func complaint(about value: String) -> String? {
    switch self {
    case .restrictionList, .string, .list: nil
    case .bool: ["yes", "no"].contains(value.lowercased()) ? nil : "must be yes or no"
    case .integer(let min, let max): Self.number(value, min, max)
    // Elsewhere the range counts only when the code is used: another check speaks of that.
    case .replyCode(400, 599): Self.number(value, nil, nil)
    case .replyCode(let min, let max): Self.number(value, min, max)
    case .size: Self.number(value, nil, nil)
    case .time(let min): Self.time(value, min)
    case .choice(let words):
      words.contains(value.lowercased()) ? nil : "must be one of: \(words.joined(separator: ", "))"
    }
  }

  private static func number(_ value: String, _ min: Int?, _ max: Int?) -> String? {
    guard let number = Int(value), !value.hasPrefix("+") else { return "must be a whole number without a unit" }
    if let min, number < min { return "must be at least \(min)" }
    if let max, number > max { return "must be at most \(max)" }
    return nil
  }

  private static func time(_ value: String, _ min: Int?) -> String? {
    let digits = value.prefix { $0.isASCII && $0.isNumber }
    let unit = value.dropFirst(digits.count).first
    guard let number = Int(digits), unit == nil || "smhdwSMHDW".contains(unit ?? " ") else {
      return "must be a number with one of the units s, m, h, d, w and no blank between"
    }
    if let min, number < min { return "must be at least \(min)" }
    return nil
  }
}
