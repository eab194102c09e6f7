/// `mynetworks` that takes in the whole world makes an open relay.
@Sendable func openNetworkCheck(_ context: CheckContext) -> [Finding] {
  let value = context.configuration.value(of: "mynetworks") ?? ""
  let items = value.utf8.split(whereSeparator: \.isListSeparator).compactMap { String($0) }
  guard let world = items.first(where: isEverybody) else { return [] }
  return [
    Finding(
      severity: .error, findingClass: .openToStrangers, code: "open-relay",
      location: context.location(of: "mynetworks"),
      message: "mynetworks holds \(world), so every stranger may relay through this server; "
        + "name your own networks only")
  ]
}

private func isEverybody(_ item: String) -> Bool {
  if item.hasPrefix("!") { return false }
  if item == "static:all" { return true }
  guard let slash = item.lastIndex(of: "/"), !item.hasPrefix("/") else { return false }
  return Int(item[item.index(after: slash)...]).map { $0 < 4 } ?? false
}
