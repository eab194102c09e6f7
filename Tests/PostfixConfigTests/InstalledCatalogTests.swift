import Testing

@testable import PostfixConfig

/// The catalog held against the installed Postfix.
@Suite(
  .enabled(if: InstalledPostfix.environment != nil, Comment(rawValue: InstalledPostfix.reason)))
struct InstalledCatalogTests {
  @Test func everyInboundParameterIsInTheCatalog() throws {
    let environment = try #require(InstalledPostfix.environment)
    let inbound = environment.defaults.keys.filter {
      $0.hasPrefix("smtpd_") || $0.hasPrefix("postscreen_") || $0.hasSuffix("_reject_code")
    }
    #expect(inbound.count > 100)
    let missing = inbound.filter { Catalog.parameter(named: $0) == nil }.sorted()
    #expect(missing.isEmpty, "\(missing)")
  }

  @Test func parametersHaveTheDefaultsThatPostfixHas() throws {
    let environment = try #require(InstalledPostfix.environment)
    for parameter in Catalog.parameters {
      guard let installed = environment.defaults[parameter.name] else {
        #expect(!parameter.isKnown(to: environment.version), "\(parameter.name)")
        continue
      }
      guard let standard = parameter.standard(in: environment.version) else { continue }
      #expect(standard == installed, "\(parameter.name)")
    }
    let computed = Catalog.parameters.filter { $0.standard == nil }.map(\.name)
    #expect(computed == ["mynetworks", "proxy_read_maps"])
  }

  /// What Postfix ships cannot be what it refuses.
  @Test func defaultsAreGoodValuesOfTheirKind() throws {
    let environment = try #require(InstalledPostfix.environment)
    let configuration = Configuration(
      main: MainCF([]), master: MasterCF([]), environment: environment)
    for parameter in Catalog.parameters {
      guard let value = configuration.value(of: parameter.name) else { continue }
      #expect(parameter.kind.fault(in: value) == nil, "\(parameter.name) = \(value)")
    }
  }

  @Test func everyRestrictionIsOneOfSmtpd() {
    let words = InstalledPostfix.names(in: "smtpd")
    let version = InstalledPostfix.environment?.version ?? PostfixVersion(major: 0, minor: 0)
    #expect(words.count > 500)
    for info in Catalog.restrictions {
      // The linker keeps one text for two when one ends like the other.
      let stands = words.contains(info.name) || words.contains { $0.hasSuffix(info.name) }
      // One that was removed is still named, in the warning that says so.
      let wasRemoved = info.removed.map { $0 <= version } ?? false
      #expect(stands || wasRemoved, "\(info.name)")
      #expect(info.isKnown(to: version) == (stands && !wasRemoved), "\(info.name)")
    }
  }

  /// Names that smtpd holds and that look like restrictions are in the catalog, or are none.
  @Test func noRestrictionOfSmtpdIsMissing() throws {
    let environment = try #require(InstalledPostfix.environment)
    // Functions named in messages, the mark of trial rejects, and what other parameters take.
    let others: Set<String> = [
      "check_access", "check_addr_access", "check_address_map", "check_domain_access",
      "check_mail_access", "check_namadr_access", "check_server_access", "check_table_result",
      "permit_dnswl_addr", "permit_dnswl_domain", "permit_mx_primary", "reject_invalid_hostaddr",
      "reject_non_fqdn_address", "reject_rbl_addr", "reject_rbl_domain",
      "reject_unknown_forward_client_hostname", "reject_unknown_mailhost",
      "reject_unknown_reverse_name", "reject_unverified_address", "reject_warning",
    ]
    let unknown = InstalledPostfix.names(in: "smtpd").filter { word in
      ["reject_", "permit_", "check_", "defer_", "warn_if"].contains { word.hasPrefix($0) }
        && Catalog.restriction(named: word) == nil && environment.defaults[word] == nil
        && Catalog.parameter(named: word) == nil && !others.contains(word)
    }
    #expect(unknown.isEmpty, "\(unknown.sorted())")
  }
}
