import PostfixConfig

/// Makes the rows of the Settings screen.
struct ParameterModel {
  let base: Configuration
  let candidate: Configuration

  /// Every parameter of the catalog that the installed Postfix knows, then what main.cf sets besides.
  func rows() -> [ParameterRow] {
    let version = candidate.environment.version
    let defaults = candidate.environment.defaults
    let known = Catalog.parameters.filter { info in
      candidate.main.rawValue(of: info.name) != nil
        || defaults[info.name] != nil || info.isKnown(to: version)
    }
    let names = Set(known.map(\.name))
    let others = candidate.main.parameterNames.filter { !names.contains($0) }
    let overrides = overridesByName()
    return known.map { row($0.name, $0, overrides) } + others.map { row($0, nil, overrides) }
  }

  private func row(
    _ name: String, _ info: ParameterInfo?, _ overrides: [String: [String]]
  ) -> ParameterRow {
    let raw = candidate.main.rawValue(of: name)
    let standard = candidate.environment.defaults[name]
    let value = raw ?? standard ?? ""
    return ParameterRow(
      name: name, value: value,
      expanded: value.contains("$") ? candidate.value(of: name) : nil, standard: standard,
      location: raw == nil ? nil : candidate.main.location(of: name),
      overrides: overrides[name] ?? [], info: info,
      isEdited: raw != base.main.rawValue(of: name))
  }

  private func overridesByName() -> [String: [String]] {
    var result: [String: [String]] = [:]
    for entry in candidate.master.smtpdEntries {
      for override in entry.overrides {
        result[override.name, default: []].append("\(entry.id): \(override.value)")
      }
    }
    return result
  }
}
