import TestSupport
import Testing

@testable import PostfixConfig

/// The catalog held against what was measured of each restriction.
@Suite struct CatalogFactsTests {
  private struct Fact {
    var name: String
    var columns: [String: String]
  }

  private static func facts() -> [Fact]? {
    guard let bytes = sharedFile("facts/restrictions.tsv") else { return nil }
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }
    guard let first = lines.first else { return nil }
    lines.removeFirst()
    let header = first.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return lines.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Fact(
        name: fields[0], columns: Dictionary(zip(header, fields), uniquingKeysWith: { $1 }))
    }
  }

  /// What is no restriction of a list: placeholders, a name that smtpd never knew, an option of
  /// `local_header_rewrite_clients`.
  private static let others: Set<String> = [
    "reject_unknown_forward_client_hostname", "check_address_map",
  ]

  @Test func eachMeasuredRestrictionIsInTheCatalogAsMeasured() throws {
    guard let facts = Self.facts() else {
      return print("SKIPPED: the measured restrictions are not at hand")
    }
    #expect(facts.count > 70)
    for fact in facts where !fact.name.hasPrefix("(") && !Self.others.contains(fact.name) {
      let info = try #require(Catalog.restriction(named: fact.name), "\(fact.name)")
      let columns = fact.columns
      #expect((info.argument != nil) == takesArgument(fact), "\(fact.name): argument")
      #expect(!info.summary.isEmpty, "\(fact.name)")
      let alias = columns["deprecated_alias_of"] ?? ""
      let isOld = !alias.isEmpty
      if !isOld { #expect(info.replacedBy == nil, "\(fact.name): \(info.replacedBy ?? "")") }
      if let name = info.replacedBy { #expect(alias.contains(name), "\(fact.name)") }
      let dns = columns["needs_dns"] ?? ""
      #expect(dns.hasPrefix("yes") == info.needsDNS, "\(fact.name): DNS \(dns)")
      if ["low", "medium", "high"].contains(columns["strictness_fp_risk"] ?? "") {
        #expect(
          info.risk.rawValue == columns["strictness_fp_risk"],
          "\(fact.name): risk \(info.risk.rawValue)")
      }
      try expectRelease(info, columns["since"] ?? "")
      expectStage(info, columns["needs"] ?? "")
    }
  }

  @Test func eachMeasuredParameterIsInTheCatalog() throws {
    guard let bytes = sharedFile("facts/parameters.tsv") else {
      return print("SKIPPED: the measured parameters are not at hand")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }.dropFirst()
    #expect(lines.count > 150)
    let missing = lines.compactMap { $0.split(separator: "\t").first.map(String.init) }.filter {
      Catalog.parameter(named: $0) == nil
    }
    #expect(missing.isEmpty, "\(missing)")
  }

  private func takesArgument(_ fact: Fact) -> Bool {
    fact.columns["argument_required"] == "required"
  }

  /// `2.3 (new name)`, `before 1.1`, `snapshot 20011105 (1.1)`.
  private func expectRelease(_ info: RestrictionInfo, _ since: String) throws {
    let first = since.split(separator: " ").first.map(String.init) ?? ""
    guard first.contains("."), let version = PostfixVersion(first),
      version > PostfixVersion(major: 1, minor: 1)
    else { return }
    #expect(info.introduced == version, "\(info.name): since \(since)")
  }

  private func expectStage(_ info: RestrictionInfo, _ needs: String) {
    let word = needs.prefix { $0.isLetter }
    let natural: [Substring: Stage] = [
      "client": .client, "helo": .helo, "sender": .sender, "recipient": .recipient, "etrn": .etrn,
    ]
    guard let stage = natural[word] else { return }
    #expect(info.stages.contains(stage), "\(info.name): \(needs), \(info.stages)")
    // The natural stage may be another: relay protection has had a list of its own since 2.10.
    let isNatural = info.stages.first == stage || [.relay, .data].contains(info.stages.first)
    #expect(isNatural, "\(info.name): \(needs), \(info.stages)")
  }
}
