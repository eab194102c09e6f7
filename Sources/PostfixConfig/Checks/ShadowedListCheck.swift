/// Lists of main.cf that an override in master.cf puts out of force.
func checkShadowedLists(_ context: CheckContext) -> [Finding] {
  let main = context.configuration.main
  let entries = context.configuration.master.smtpdEntries
  return Stage.allCases.map(\.parameter).compactMap { name -> Finding? in
    guard !entries.isEmpty, main.location(of: name) != nil, !context.references.contains(name)
    else {
      return nil
    }
    let shadowing = entries.filter { $0.override(of: name) != nil }
    if shadowing.count == entries.count {
      return Finding(
        .silentlyNotEnforced, "shadowed-list", at: context.place(of: name),
        "no service uses \(name) of main.cf, since each overrides it with -o in master.cf: edit it there, or remove the overrides"
      )
    }
    guard let baseline = context.baseline, !shadowing.isEmpty,
      baseline.main.rawValue(of: name) != main.rawValue(of: name)
    else { return nil }
    let services = shadowing.map(\.id.description).joined(separator: ", ")
    return Finding(
      .style, "shadowed-edit", at: context.place(of: name),
      "the change of \(name) does not reach \(services): -o in master.cf overrides it there")
  }
}
