/// Loops, broken `${ }` and undefined names (mac_expand).
func checkExpansion(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  var findings: [Finding] = []
  let main = configuration.main
  for name in main.parameterNames where !deferredExpansion.contains(name) {
    guard let definition = main.definition(of: name) else { continue }
    let raw = main.rawBytes(definition)
    guard raw.contains(Byte.dollar) else { continue }
    findings += expansionFaults(
      of: name, raw, in: context.mainScope, at: context.place(of: name), context
    ) {
      let range =
        definition.value.lowerBound..<main.text.content(of: definition.lines.upperBound).upperBound
      return place(of: $0, in: range, main.text, .main)
    }
  }
  let text = configuration.master.text
  for (index, entry) in configuration.master.entries.enumerated() where !entry.overrides.isEmpty {
    let scope = Scope(configuration, entry: index, grammar: context.grammar)
    for override in entry.overrides where override.value.utf8.contains(Byte.dollar) {
      let standard = text.location(of: override.range.lowerBound, in: .master)
      findings += expansionFaults(
        of: override.name, Array(override.value.utf8), in: scope, at: standard, context
      ) { place(of: $0, in: override.valueRange, text, .master) }
    }
  }
  return findings
}

/// Parameters that are expanded when they are used, with other names (CONFIG_RAW_TABLE).
private let deferredExpansion: Set<String> = [
  "command_execution_directory", "default_rbl_reply", "forward_path", "luser_relay",
  "mailbox_command", "postscreen_expansion_filter", "postscreen_reject_footer",
  "smtpd_expansion_filter", "smtpd_reject_footer",
]

private func expansionFaults(
  of parameter: String, _ raw: [UInt8], in scope: Scope, at location: SourceLocation,
  _ context: CheckContext, place: (String) -> SourceLocation?
) -> [Finding] {
  var expander = Expander(for: scope.version) { name in
    scope.raw(name).map { TracedText($0, owner: 0) }
  }
  do {
    let text = String(decoding: raw, as: UTF8.self)
    _ = try expander.expand(TracedText(text, owner: 0))
  } catch {
    let reason =
      switch error {
      case .loop(let name): "$\(name) refers to itself"
      case .syntax(let message): message
      case .tooLarge: "it grows without end"
      }
    guard isRead(parameter, context) else {
      return [
        Finding(
          .style, "cannot-expand", at: location,
          "\(parameter) cannot be expanded (\(reason)); nothing reads it yet: mend the reference")
      ]
    }
    return [
      Finding(
        .serverDead, "cannot-expand", at: location,
        "\(parameter) cannot be expanded (\(reason)), so what reads it dies: mend the reference")
    ]
  }
  // A name that another parameter refers to is that one's fault.
  return expander.undefinedNames.compactMap { name in
    place(name).map {
      Finding(
        .silentlyNotEnforced, "undefined-name", at: $0,
        "\(parameter) uses $\(name), which nothing defines, so it stands for nothing: define \(name)"
      )
    }
  }
}

/// True for a parameter of Postfix, and for one that something refers to.
private func isRead(_ name: String, _ context: CheckContext) -> Bool {
  context.configuration.environment.defaults[name] != nil || context.references.contains(name)
    || Catalog.parameter(named: name) != nil || context.grammar.classes.contains(name)
    || isOwned(name, databases(context), context)
}

/// Where a `$name`, `${name` or `$(name` stands in a range of the file.
private func place(
  of name: String, in range: Range<Int>, _ text: ConfigText, _ file: ConfigFile
) -> SourceLocation? {
  let wanted = Array(name.utf8)
  var rest = range
  while let dollar = text.bytes[rest].firstIndex(of: Byte.dollar) {
    var start = dollar + 1
    while start < range.upperBound,
      text.bytes[start] == Byte.leftBrace || text.bytes[start] == Byte.leftParenthesis
        || text.bytes[start].isSpace
    {
      start += 1
    }
    let end = start + wanted.count
    if end <= range.upperBound, text.bytes[start..<end].elementsEqual(wanted),
      end == range.upperBound || !text.bytes[end].isNameByte
    {
      return text.location(of: dollar, in: file)
    }
    rest = (dollar + 1)..<range.upperBound
  }
  return nil
}
