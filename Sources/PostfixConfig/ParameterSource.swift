/// Where the value of a parameter comes from, as one service sees it.
struct ParameterSource {
  /// Which of the three.
  enum Kind: Hashable { case main(Definition), override(MasterEntry, MasterEntry.Override), standard }

  var name: String
  var kind: Kind
  /// The raw value.
  var value: String

  /// The file that holds it.
  var file: ConfigFile {
    if case .override = kind { .master } else { .main }
  }

  /// The service whose `-o` holds it.
  var override: ServiceID? {
    if case .override(let entry, _) = kind { entry.service } else { nil }
  }

  /// True when neither file sets it.
  var isDefault: Bool { kind == .standard }
}

extension Configuration {
  /// Where `name` is set for `service`: its override, main.cf, or Postfix's default; nil when nobody
  /// knows it.
  func source(of name: String, service: ServiceID?) -> ParameterSource? {
    if let service, let entry = master.entry(service), let override = entry.override(name) {
      return ParameterSource(name: name, kind: .override(entry, override), value: override.value)
    }
    if let definition = main.definition(name) {
      return ParameterSource(name: name, kind: .main(definition), value: definition.rawValue)
    }
    return environment.defaults[name].map { ParameterSource(name: name, kind: .standard, value: $0) }
  }

  /// An expander that sees what `service` sees.
  func expander(for service: ServiceID?) -> Expander {
    Expander { source(of: $0, service: service)?.value }
  }

  /// The elements of a value; for a default, of its expanded text, whose places mean nothing.
  func listText(of source: ParameterSource, service: ServiceID?) -> ListText {
    switch source.kind {
    case .main(let definition):
      ListText(
        bytes: main.bytes, content: definition.content,
        comments: definition.comments.map { main.lines[$0].range })
    case .override(_, let override):
      ListText(bytes: master.bytes, content: [override.valueRange])
    case .standard:
      defaultListText(source.value, service: service)
    }
  }

  private func defaultListText(_ value: String, service: ServiceID?) -> ListText {
    let bytes = Array(((try? expander(for: service).expand(value)) ?? "").utf8)
    return ListText(bytes: bytes, content: [bytes.indices])
  }

  /// The line and column of a byte of one of the files.
  func location(_ file: ConfigFile, _ offset: Int) -> SourceLocation {
    let place = file == .main ? main.place(of: offset) : master.place(of: offset)
    return SourceLocation(file: file, line: place.line, column: place.column)
  }
}
