import PostfixConfig

// The Settings screen.
extension AppState {
  /// The rows that are shown.
  public var parameters: [ParameterRow] {
    hidesDefaults
      ? allParameters.filter { $0.isSet || !$0.overrides.isEmpty || $0.isEdited } : allParameters
  }

  /// The parameter that the cursor is on.
  public var currentParameter: ParameterRow? {
    let rows = parameters
    return rows.first { $0.name == parameterCursor } ?? rows.first
  }

  /// Reads the rows anew; they cost too much to be made for every drawing.
  mutating func refreshParameters() {
    guard let draft else { return }
    allParameters = ParameterModel(base: draft.base, candidate: draft.candidate).rows()
  }

  mutating func openSettings() {
    screen = .settings
    refreshParameters()
  }

  mutating func resetCurrentParameter() {
    guard let row = currentParameter else { return }
    guard row.isSet else { return say("\(row.name) is not set in main.cf: the default holds.") }
    parameterCursor = row.name
    guard add(.resetParameter(name: row.name, service: nil)) else { return }
    say("\(row.name) goes back to its default: \(row.standard ?? "unknown").")
  }

  /// Puts the settings of a preset into the draft, and shows the diff.
  mutating func takePreset(_ name: String) {
    guard let preset = Catalog.preset(named: name) else { return }
    var misfits: [String] = []
    for setting in preset.settings {
      do {
        try draft?.add(
          .setParameter(name: setting.parameter, value: setting.value, service: nil))
      } catch {
        misfits.append(error.message)
      }
    }
    refreshPolicy()
    if let first = misfits.first { say(first, .error) }
    if pendingEdits == 0 { say("Everything that the preset \(name) sets is so already.") }
    guard pendingEdits > 0 else { return }
    showDiff()
  }
}
