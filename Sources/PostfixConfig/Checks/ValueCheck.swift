/// Values that the daemons refuse, by the kind of the parameter (mail_conf_*.c).
func checkValues(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  return main.parameterNames.compactMap { name in
    guard let kind = Catalog.parameter(named: name)?.kind,
      let value = context.configuration.value(of: name), let fault = kind.fault(in: value)
    else { return nil }
    return Finding(
      severity: .error, findingClass: fault.findingClass, code: fault.code,
      location: context.place(of: name), message: "\(name) = \(value): \(fault.remedy)",
      fix: [.resetParameter(name: name, service: nil)])
  }
}

/// Why a value is refused.
private struct ValueFault {
  var code: String
  var remedy: String
  var findingClass = FindingClass.serverDead
}

extension ParameterInfo.Kind {
  fileprivate func fault(in value: String) -> ValueFault? {
    switch self {
    case .bool:
      ["yes", "no"].contains(value.asciiLowercased)
        ? nil : ValueFault(code: "bad-boolean", remedy: "smtpd dies; write yes or no")
    case .integer(let minimum, let maximum): number(value, minimum, maximum)
    case .size: number(value, nil, nil)
    case .replyCode(let minimum, let maximum): replyCode(value, minimum ?? 400, maximum ?? 599)
    case .time(let minimum): time(value, minimum)
    case .choice(let words):
      words.contains(value.asciiLowercased) || words.contains(value)
        ? nil
        : ValueFault(code: "bad-choice", remedy: "use one of \(words.joined(separator: ", "))")
    case .restrictionList, .string, .list: nil
    }
  }

  private func number(_ value: String, _ minimum: Int?, _ maximum: Int?) -> ValueFault? {
    guard let number = Int(value) else {
      return ValueFault(code: "bad-number", remedy: "not a whole number; smtpd dies")
    }
    guard number >= minimum ?? number, number <= maximum ?? number else {
      let low = minimum.map(String.init) ?? "any"
      let high = maximum.map(String.init) ?? "any"
      return ValueFault(code: "out-of-range", remedy: "smtpd dies; the range is \(low) to \(high)")
    }
    return nil
  }

  private func replyCode(_ value: String, _ minimum: Int, _ maximum: Int) -> ValueFault? {
    guard let number = Int(value) else {
      return ValueFault(code: "bad-number", remedy: "not a reply code; smtpd dies")
    }
    let isChecked = minimum != 400 || maximum != 599
    if isChecked, !(minimum...maximum).contains(number) {
      return ValueFault(
        code: "bad-reply-code", remedy: "smtpd dies; the range is \(minimum) to \(maximum)")
    }
    guard !(400...599).contains(number), !(isChecked && (200...299).contains(number)) else {
      return nil
    }
    return ValueFault(
      code: "bad-reply-code", remedy: "smtpd answers 450 instead; use a code from 400 to 599",
      findingClass: .everyoneDeferred)
  }

  private func time(_ value: String, _ minimum: Int?) -> ValueFault? {
    let digits = value.prefix { $0.isASCII && $0.isNumber }
    let unit = value.dropFirst(digits.count).first
    guard let number = Int(digits), unit == nil || "smhdw".contains(unit ?? " ") else {
      return ValueFault(code: "bad-time", remedy: "smtpd dies; write a number and one of s m h d w")
    }
    guard number >= minimum ?? 0 else {
      return ValueFault(code: "out-of-range", remedy: "smtpd dies; at least \(minimum ?? 0)")
    }
    return nil
  }
}
