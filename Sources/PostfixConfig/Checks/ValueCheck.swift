/// Values that the daemons refuse, by the kind of the parameter (mail_conf_*.c), in main.cf and in the
/// overrides of master.cf.
func checkValues(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main.parameterNames.compactMap { name in
    valueFault(of: name, in: context.mainScope, at: context.place(of: name), service: nil)
  }
  let master = context.configuration.master
  let overrides = master.entries.enumerated().flatMap { index, entry in
    let scope = Scope(context.configuration, entry: index, grammar: context.grammar)
    return entry.overrides.compactMap { override in
      valueFault(
        of: override.name, in: scope,
        at: master.text.location(of: override.range.lowerBound, in: .master), service: entry.id)
    }
  }
  return main + overrides
}

private func valueFault(
  of name: String, in scope: Scope, at location: SourceLocation, service: ServiceID?
) -> Finding? {
  guard let value = try? scope.value(of: name), let fault = valueFault(in: value, of: name, scope)
  else { return nil }
  return Finding(
    fault.findingClass, fault.code, at: location, "\(name) = \(value): \(fault.remedy)",
    about: "\(service?.description ?? "") \(name) = \(value)", severity: .error,
    fix: [.resetParameter(name: name, service: service?.description)])
}

private func valueFault(in value: String, of name: String, _ scope: Scope) -> ValueFault? {
  let environment = scope.configuration.environment
  // Nobody reads what this release does not know; without its defaults nothing can be said of that.
  guard environment.defaults.count <= 100 || environment.defaults[name] != nil else { return nil }
  if let kind = Catalog.parameter(named: name)?.kind(in: environment) ?? inferredKind(name, scope),
    kind.isChecked, let fault = kind.fault(in: value)
  {
    return fault
  }
  guard value.isEmpty, Catalog.required.contains(name) else { return nil }
  return ValueFault(code: "empty-value", remedy: "what reads it dies of an empty value; remove it")
}

/// How Postfix reads a parameter that is not in the catalog: as its default tells.
///
/// Holds for every parameter of 3.5 to 3.11 (their CONFIG_..._TABLEs) but those named here.
private func inferredKind(_ name: String, _ scope: Scope) -> ParameterInfo.Kind? {
  let texts = ["_feedback", "_loglevel", "_tcp_port", "_directory", "_permissions"]
  guard name != "milter_protocol", !texts.contains(where: name.hasSuffix),
    let standard = scope.standard(of: name)
  else { return nil }
  if ["yes", "no"].contains(standard) { return .bool }
  let digits = standard.utf8.prefix(while: \.isDigit)
  guard !digits.isEmpty else { return nil }
  if digits.count == standard.utf8.count { return .size }
  let isTime = digits.count + 1 == standard.utf8.count && "smhdw".contains(standard.suffix(1))
  return isTime ? .time(min: nil, max: nil) : nil
}

/// Why a value is refused.
struct ValueFault: Hashable {
  /// The code of the finding, for example `bad-boolean`.
  var code: String
  /// What happens, and what to write instead.
  var remedy: String
  var findingClass = FindingClass.serverDead
}

extension ParameterInfo.Kind {
  /// False where any text is a value.
  fileprivate var isChecked: Bool {
    switch self {
    case .restrictionList, .string, .list: false
    default: true
    }
  }

  /// Why Postfix refuses a value, expanded; nil for a good one.
  func fault(in value: String) -> ValueFault? {
    switch self {
    case .bool:
      ["yes", "no"].contains(value.asciiLowercased)
        ? nil : ValueFault(code: "bad-boolean", remedy: "what reads it dies; write yes or no")
    case .integer(let minimum, let maximum): number(value, minimum, maximum, limit: Int(Int32.max))
    case .size: number(value, nil, nil, limit: .max)
    case .level: level(value)
    case .earlyLevel(let takesDot): earlyLevel(value, takesDot: takesDot)
    case .replyCode(let minimum, let maximum): replyCode(value, minimum ?? 400, maximum ?? 599)
    case .time(let minimum, let maximum): time(value, minimum, maximum)
    case .choice(let words):
      words.contains(value.asciiLowercased) || words.contains(value)
        ? nil
        : ValueFault(
          code: "bad-choice",
          remedy: "this Postfix does not take it; use one of \(words.joined(separator: ", "))")
    case .words(let words):
      listWords(value).first { !words.contains($0.asciiLowercased) }.map {
        ValueFault(
          code: "bad-choice", remedy: "\($0) is none of \(words.joined(separator: ", "))")
      }
    case .restrictionList, .string, .list: nil
    }
  }

  private func number(
    _ value: String, _ minimum: Int?, _ maximum: Int?, limit: Int
  ) -> ValueFault? {
    guard let number = Int(value), number <= limit, number >= -limit else {
      return ValueFault(code: "bad-number", remedy: "not a whole number; what reads it dies")
    }
    guard number >= minimum ?? number, number <= maximum ?? number else {
      let low = minimum.map(String.init) ?? "any"
      let high = maximum.map(String.init) ?? "any"
      return ValueFault(
        code: "out-of-range", remedy: "what reads it dies; the range is \(low) to \(high)")
    }
    return nil
  }

  private func replyCode(_ value: String, _ minimum: Int, _ maximum: Int) -> ValueFault? {
    guard let number = Int(value) else {
      return ValueFault(code: "bad-number", remedy: "not a reply code; what reads it dies")
    }
    let isChecked = minimum != 400 || maximum != 599
    if isChecked, !(minimum...maximum).contains(number) {
      return ValueFault(
        code: "bad-reply-code", remedy: "what reads it dies; the range is \(minimum) to \(maximum)")
    }
    guard !(400...599).contains(number), !(isChecked && (200...299).contains(number)) else {
      return nil
    }
    return ValueFault(
      code: "bad-reply-code", remedy: "smtpd answers 450 instead; use a code from 400 to 599",
      findingClass: .everyoneDeferred)
  }

  private func time(_ value: String, _ minimum: Int?, _ maximum: Int?) -> ValueFault? {
    let digits = value.prefix { $0.isASCII && $0.isNumber }
    let unit = value.dropFirst(digits.count).first
    // conv_time reads what holds no digit as 0 when it begins with the letter of a unit.
    guard let number = digits.isEmpty && unit != nil ? 0 : Int(digits),
      let scale = Self.seconds[unit ?? "s"]
    else {
      return ValueFault(
        code: "bad-time", remedy: "what reads it dies; write a number and one of s m h d w")
    }
    let (time, overflows) = number.multipliedReportingOverflow(by: scale)
    guard !overflows, time <= Int(Int32.max), number >= minimum ?? 0, time <= maximum ?? time else {
      let low = minimum ?? 0
      return ValueFault(
        code: "out-of-range",
        remedy: "what reads it dies; at least \(low) s"
          + (maximum.map { ", at most \($0) s" } ?? ""))
    }
    return digits.isEmpty
      ? ValueFault(
        code: "bad-time", remedy: "Postfix reads it as 0; write a number and one of s m h d w",
        findingClass: .silentlyNotEnforced) : nil
  }

  /// A release in up to three numbers (compat_level_from_string).
  private func level(_ value: String) -> ValueFault? {
    let parts = value.drop { $0 == " " }.split(separator: ".", omittingEmptySubsequences: false)
    let isLevel =
      parts.count <= 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }
    return isLevel
      ? nil : ValueFault(code: "bad-level", remedy: "Postfix dies; write a release such as 3.6")
  }

  /// A number, or of a later release's level the number before its first dot (mail_params_init).
  private func earlyLevel(_ value: String, takesDot: Bool) -> ValueFault? {
    if takesDot, value.utf8.first?.isDigit == true, value.contains(".") { return nil }
    return number(value, 0, nil, limit: Int(Int32.max))
  }

  private static let seconds: [Character: Int] = [
    "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]
}
