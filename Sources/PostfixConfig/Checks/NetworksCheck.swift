/// Trusted networks that smtpd cannot read, or that hold strangers.
func checkNetworks(_ context: CheckContext) -> [Finding] {
  let services: [ServiceID?] = [nil] + context.policy.services.map(\.service)
  return ["mynetworks", "smtpd_authorized_xclient_hosts"].flatMap { name in
    services.flatMap { service -> [Finding] in
      if let service {
        guard context.owner(of: name, in: service) != nil else { return [] }
      } else if context.configuration.main.location(of: name) == nil {
        return []
      }
      return NetworkList(name: name, service: service, context: context).findings
    }
  }
}

private struct NetworkList {
  var name: String
  var service: ServiceID?
  var context: CheckContext

  var findings: [Finding] {
    let words = listWords(context.value(of: name, in: service) ?? "")
    var findings: [Finding] = []
    for word in words {
      if word.hasPrefix("#") {
        findings.append(
          finding(
            .silentlyNotEnforced, "inline-comment", word,
            "a comment needs a line of its own: Postfix ignores \(word) and all that follows in \(name)"
          ))
        break
      }
      if let finding = judge(word) { findings.append(finding) }
    }
    return findings
  }

  private func judge(_ word: String) -> Finding? {
    let isNegated = word.hasPrefix("!")
    let item = word.drop { $0 == "!" }
    switch NetworkPattern(String(item)) {
    case .malformed(let reason, let remedy):
      let advice = remedy.map { "write \($0)" } ?? "write an address, or network/length"
      return finding(
        .everyoneDeferred, "malformed-network", word,
        "\(word) in \(name) cannot be read (\(reason)), so every client is deferred: \(advice)",
        fix: remedy.flatMap { replacing(String(item), with: $0) } ?? [])
    case .network(let bytes, let prefix) where !isNegated:
      return judge(word, NetworkPattern.reach(bytes, prefix))
    case .other where !isNegated && TableReference(text: word)?.type == "static":
      return judge(word, .world)
    case .network, .other: return nil
    }
  }

  private func judge(_ word: String, _ reach: NetworkPattern.Reach) -> Finding? {
    let isXclient = name != "mynetworks"
    switch reach {
    case .own: return nil
    case .world:
      let effect = isXclient ? "pass as any client" : "relay through this server"
      return finding(
        .openToStrangers, "open-network", word,
        "\(word) in \(name) holds strangers, who can then \(effect): list only your own networks",
        fix: replacing(word, with: nil) ?? [])
    case .wide:
      return finding(
        .silentlyNotEnforced, "wide-network", word,
        "\(word) in \(name) trusts more addresses than nearly any organisation owns: list only your own networks"
      )
    }
  }

  private func finding(
    _ kind: FindingClass, _ code: String, _ word: String, _ message: String, fix: [Edit] = []
  ) -> Finding {
    Finding(
      kind, code, at: place(of: word), message,
      about: "\(name) \(service?.description ?? "") \(word)", fix: fix)
  }

  /// The word itself in main.cf, else where the list is set.
  private func place(of word: String) -> SourceLocation {
    let standard = context.place(of: name, in: service)
    guard service == nil, let definition = context.configuration.main.definition(of: name) else {
      return standard
    }
    let text = context.configuration.main.text
    let traced = context.configuration.main.traced(definition, owner: 0, isComment: nil)
    guard let found = traced.words().first(where: { $0.text == word }) else { return standard }
    return text.location(of: Int(traced.offsets[found.range.lowerBound]), in: .main)
  }

  /// Sets the list anew where that disturbs nothing: it stands on one line, and the word stands in it.
  private func replacing(_ word: String, with other: String?) -> [Edit]? {
    let main = context.configuration.main
    guard service == nil, let definition = main.definition(of: name),
      main.text.line(at: definition.value.lowerBound)
        == main.text.line(at: max(definition.value.lowerBound, definition.value.upperBound - 1)),
      definition.lines.count == 1, let raw = main.rawValue(of: name), listWords(raw).contains(word)
    else { return nil }
    let separator = raw.utf8.contains(Byte.comma) ? ", " : " "
    let words = listWords(raw).compactMap { $0 == word ? other : $0 }
    guard !words.isEmpty else { return [.resetParameter(name: name, service: nil)] }
    return [.setParameter(name: name, value: words.joined(separator: separator), service: nil)]
  }
}
