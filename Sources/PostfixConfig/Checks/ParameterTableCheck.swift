/// Tables that parameters outside of the lists name: who exists, where mail goes, what is filtered.
func checkParameterTables(_ context: CheckContext) -> [Finding] {
  context.configuration.parameterTables().compactMap { use in
    guard let fault = TableFault(use.table, context) else { return nil }
    return Finding(
      fault.findingClass, fault.code, at: context.place(of: use.parameter, in: use.service),
      "\(fault.message) (\(use.parameter))",
      about:
        "\(use.service?.description ?? "") \(use.parameter) \(use.table.type):\(use.table.name)")
  } + untypedTables(context)
}

/// Parameters that hold nothing but tables, beside those named `..._maps`.
private let alwaysTables: Set<String> = [
  "body_checks", "header_checks", "mime_header_checks", "nested_header_checks",
  "postscreen_dnsbl_reply_map", "relay_clientcerts", "smtpd_command_filter",
  "smtpd_dns_reply_filter",
]

/// Words of such parameters without a table type: what reads them dies (dict_open).
private func untypedTables(_ context: CheckContext) -> [Finding] {
  let configuration = context.configuration
  func findings(_ name: String, _ scope: Scope, _ service: ServiceID?) -> [Finding] {
    // What stands in braces is one word, however many it looks like.
    guard name.hasSuffix("_maps") || alwaysTables.contains(name),
      let value = try? scope.value(of: name), !value.contains("{")
    else { return [] }
    return listWords(value).filter { !$0.utf8.contains(Byte.colon) }.map { word in
      Finding(
        .serverDead, "map-without-type", at: context.place(of: name, in: service),
        "\(word) in \(name) names no type of table, so what reads it dies: write a type before it, as hash:\(word)",
        about: "\(service?.description ?? "") \(name) \(word)")
    }
  }
  let main = Configuration.tableParameters.filter { configuration.main.definition(of: $0) != nil }
    .flatMap { findings($0, context.mainScope, nil) }
  return main
    + configuration.master.entries.enumerated().flatMap { index, entry in
      let scope = Scope(configuration, entry: index, grammar: context.grammar)
      return Configuration.tableParameters.filter { entry.override(of: $0) != nil }
        .flatMap { findings($0, scope, entry.id) }
    }
}

/// A table that a parameter names.
struct ParameterTable: Hashable {
  var parameter: String
  /// The service whose override names it; nil for main.cf and defaults.
  var service: ServiceID?
  var table: TableReference
}

extension Configuration {
  /// Parameters whose tables decide over inbound mail, other than the lists of restrictions.
  fileprivate static let tableParameters = [
    "alias_maps", "body_checks", "canonical_maps", "header_checks", "local_recipient_maps",
    "mime_header_checks", "mydestination", "mynetworks", "nested_header_checks",
    "postscreen_access_list", "postscreen_dnsbl_reply_map", "rbl_reply_maps",
    "recipient_bcc_maps", "recipient_canonical_maps", "relay_clientcerts", "relay_domains",
    "relay_recipient_maps", "relocated_maps", "sender_bcc_maps", "sender_canonical_maps",
    "smtpd_client_event_limit_exceptions", "smtpd_command_filter",
    "smtpd_discard_ehlo_keyword_address_maps", "smtpd_dns_reply_filter", "smtpd_milter_maps",
    "smtpd_reject_filter_maps", "smtpd_reject_footer_maps", "smtpd_sasl_exceptions_networks",
    "smtpd_sender_login_maps",
    "transport_maps", "virtual_alias_domains", "virtual_alias_maps", "virtual_mailbox_domains",
    "virtual_mailbox_maps",
  ]

  /// The tables that set parameters name, each once per parameter.
  ///
  /// A table that only a default names is left out: `/etc/aliases` need not exist where nobody is local.
  func parameterTables() -> [ParameterTable] {
    var result: [ParameterTable] = []
    let grammar = grammar
    func add(_ parameter: String, _ scope: Scope, _ service: ServiceID?) {
      guard let value = try? scope.value(of: parameter) else { return }
      for word in listWords(value) where word.utf8.contains(Byte.colon) {
        let text = word.drop { $0 == "!" }
        guard let table = TableReference(bare: String(text)) else { continue }
        let use = ParameterTable(parameter: parameter, service: service, table: table)
        if !result.contains(use) { result.append(use) }
      }
    }
    let scope = Scope(self, entry: nil, grammar: grammar)
    for name in Self.tableParameters where main.definition(of: name) != nil {
      add(name, scope, nil)
    }
    for (index, entry) in master.entries.enumerated() where !entry.overrides.isEmpty {
      let scope = Scope(self, entry: index, grammar: grammar)
      for name in Self.tableParameters where entry.override(of: name) != nil {
        add(name, scope, entry.id)
      }
    }
    return result
  }
}
