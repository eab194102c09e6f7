/// Entries of master.cf that master(8) refuses or ignores (master_ent.c).
func checkMaster(_ context: CheckContext) -> [Finding] {
  let master = context.configuration.master
  var findings: [Finding] = []
  for line in master.badLines {
    findings.append(
      Finding(
        .serverDead, "bad-field-count", at: SourceLocation(file: .master, line: line + 1),
        "the entry has too few fields, so postfix reload refuses it: give all eight",
        about: master.text.string(master.text.content(of: line))))
  }
  for (index, entry) in master.entries.enumerated() {
    if master.entries[(index + 1)...].contains(where: { $0.id == entry.id }) {
      findings.append(
        Finding(
          .silentlyNotEnforced, "duplicate-service", at: entry.location,
          "\(entry.id) is defined again further down, and master uses the last one only: remove this entry or give it another name"
        ))
    }
    findings += fieldFaults(of: entry, in: master.text)
  }
  return findings
}

private func fieldFaults(of entry: MasterEntry, in text: ConfigText) -> [Finding] {
  var findings: [Finding] = []
  func refuse(_ field: MasterEntry.Field, _ name: String, _ remedy: String) {
    findings.append(
      Finding(
        .serverDead, "bad-field", at: text.location(of: field.range.lowerBound, in: .master),
        "\(field.text) is no \(name) of \(entry.id), so Postfix refuses the file: \(remedy)"))
  }
  if !["inet", "unix", "unix-dgram", "fifo", "pass"].contains(entry.id.type) {
    findings.append(
      Finding(
        .serverDead, "bad-field", at: entry.location,
        "\(entry.id.type) is no type of service, so Postfix refuses the file: use inet, unix, unix-dgram, fifo or pass"
      ))
  }
  let flags = ["private", "unprivileged", "chroot"]
  for (field, name) in zip(entry.settings, flags) where !["y", "n", "-"].contains(field.text) {
    refuse(field, "\(name) field", "write y, n or -")
  }
  if entry.id.type == "inet", let isPrivate = entry.settings.first,
    ["y", "-"].contains(isPrivate.text)
  {
    refuse(isPrivate, "private field", "an inet service cannot be private, write n")
  }
  guard entry.settings.count == 5 else { return findings }
  let wakeup = entry.settings[3]
  if !isNumber(wakeup.text.hasSuffix("?") ? String(wakeup.text.dropLast()) : wakeup.text) {
    refuse(wakeup, "wake-up time", "write seconds, seconds with ?, or -")
  }
  if !isNumber(entry.settings[4].text) {
    refuse(entry.settings[4], "process limit", "write a number or -")
  }
  return findings
}

private func isNumber(_ text: String) -> Bool {
  text == "-" || Int32(text).map { $0 >= 0 && text.utf8.allSatisfy(\.isDigit) } == true
}
