/// The DNS lists of postscreen: closed, counted the wrong way, or not readable (postscreen_dnsbl.c).
func checkPostscreenLists(_ context: CheckContext) -> [Finding] {
  let name = "postscreen_dnsbl_sites"
  guard let entry = context.configuration.master.postscreenEntry,
    context.configuration.main.location(of: name) != nil || entry.override(of: name) != nil,
    let value = context.value(of: name, in: entry.id)
  else { return [] }
  let place = context.place(of: name, in: entry.id)
  return listWords(value).compactMap { word in
    let list = DNSListEntry(word)
    func finding(_ kind: FindingClass, _ code: String, _ message: String) -> Finding {
      Finding(kind, code, at: place, message, about: "\(name) \(word)")
    }
    if let closed = Catalog.deadDNSList(list.domain) {
      return finding(
        .silentlyNotEnforced, "dead-dns-list",
        "the DNS list \(list.domain) in \(name) closed in \(closed): remove it")
    }
    if let reason = list.filterFault {
      return finding(
        .serverDead, "bad-argument", "postscreen dies on \(word) in \(name): \(reason)")
    }
    guard let weight = list.weight.map({ Int($0) }) ?? 1 else {
      return finding(
        .serverDead, "bad-argument",
        "postscreen dies on \(word) in \(name): the weight behind * must be a whole number")
    }
    switch Catalog.dnsListKind(list.domain) {
    case .allow where weight > 0:
      return finding(
        .hurtsOwnUsers, "allow-list-rejects",
        "\(list.domain) lists good senders, and \(word) in \(name) counts against them: give it a negative weight"
      )
    case .block where weight < 0:
      return finding(
        .silentlyNotEnforced, "block-list-permits",
        "\(list.domain) lists senders of spam, and \(word) in \(name) counts in their favour: give it a positive weight"
      )
    case .allow, .block, nil: return nil
    }
  }
}
