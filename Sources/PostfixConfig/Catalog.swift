import CatalogData

/// What postgate knows of Postfix's restrictions and parameters, in its own words.
///
/// The tables are embedded at build time and read once, at first use.
public enum Catalog {
  /// Every built-in restriction of smtpd, old spellings included, in the order of the table.
  public static let restrictions = restrictionRows.compactMap(RestrictionInfo.init(fields:))
  /// The parameters that matter for inbound access, in the order of the table.
  public static let parameters = parameterRows.compactMap(ParameterInfo.init(fields:))
  /// The presets, in the order of the table.
  public static let presets = presets(from: presetRows)

  static let restrictionRows = rows(of: CatalogData.restrictions)
  static let parameterRows = rows(of: CatalogData.parameters)
  static let presetRows = rows(of: CatalogData.presets)
  static let deadDNSListRows = rows(of: CatalogData.deadDNSLists)
  /// Parameters that Postfix's programs refuse to start with when they are empty.
  static let required = Set(rows(of: CatalogData.required).compactMap(\.first))
  static let dnsListRows = rows(of: CatalogData.dnsLists)

  private static let restrictionsByName = Dictionary(
    restrictions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  private static let parametersByName = Dictionary(
    parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  private static let dnsListKinds = Dictionary(
    dnsListRows.compactMap { row in
      DNSListKind(rawValue: row.last ?? "").map { (row[0], $0) }
    }, uniquingKeysWith: { first, _ in first })
  private static let closedDNSLists = Dictionary(
    deadDNSListRows.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil },
    uniquingKeysWith: { first, _ in first })

  private static let restrictionCandidates = NearestName.Candidates(restrictions.map(\.name))
  private static let parameterCandidates = NearestName.Candidates(parameters.map(\.name))

  /// The restriction of this name, whatever the case of its ASCII letters.
  public static func restriction(named name: String) -> RestrictionInfo? {
    restrictionsByName[asciiLowercase(name)]
  }

  /// The parameter of exactly this name.
  public static func parameter(named name: String) -> ParameterInfo? {
    parametersByName[name]
  }

  /// The strict options to offer in the list of this stage, as far as this release knows them.
  public static func offered(for stage: Stage, version: PostfixVersion) -> [RestrictionInfo] {
    restrictions.filter {
      $0.isOffered && $0.stages.first == stage && $0.isKnown(to: version)
    }
  }

  /// The preset of this name.
  public static func preset(named name: String) -> Preset? {
    presets.first { $0.name == name }
  }

  /// Why the first preset that sets this parameter does so.
  public static func reason(forParameter parameter: String) -> String? {
    for preset in presets {
      if let setting = preset.settings.first(where: { $0.parameter == parameter }) {
        return setting.reason
      }
    }
    return nil
  }

  /// The year, and where known the month, in which a DNS list closed, for example `2024-06`.
  ///
  /// - Parameter domain: The list's domain or a zone below it, whatever its case; nil is returned
  ///   for a list of whose end we do not know.
  public static func deadDNSList(_ domain: String) -> String? {
    entry(of: domain, in: closedDNSLists)
  }

  /// What a DNS list says of the clients that it holds.
  public enum DNSListKind: String, Hashable, Sendable {
    /// They send what nobody wants.
    case block
    /// They are known as good.
    case allow
  }

  /// What a DNS list says of its clients; nil for a list that we do not know, or that says both.
  ///
  /// - Parameter domain: The list's domain or a zone below it, whatever its case.
  public static func dnsListKind(_ domain: String) -> DNSListKind? {
    entry(of: domain, in: dnsListKinds)
  }

  /// What a table says of a domain, or else of the nearest one above it.
  private static func entry<Value>(of domain: String, in table: [String: Value]) -> Value? {
    var zone = asciiLowercase(domain)[...]
    if zone.last == "." { zone.removeLast() }
    while true {
      if let value = table[String(zone)] { return value }
      guard let dot = zone.firstIndex(of: ".") else { return nil }
      zone = zone[zone.index(after: dot)...]
    }
  }

  /// The name among `names` that a misspelt one was probably meant to be; nil when none is near.
  public static func nearest(to name: String, among names: [String]) -> String? {
    NearestName.find(name, among: .init(names))
  }

  /// The current name of the restriction that a misspelt one was probably meant to be.
  public static func nearestRestriction(to name: String) -> String? {
    let nearest = NearestName.find(asciiLowercase(name), among: restrictionCandidates)
    return nearest.flatMap { restriction(named: $0)?.replacedBy ?? $0 }
  }

  /// The parameter that a misspelt one was probably meant to be.
  public static func nearestParameter(to name: String) -> String? {
    NearestName.find(name, among: parameterCandidates)
  }
}

// Reading the tables.
extension Catalog {
  /// The cells of a tab-separated table, without the first line, which names the columns.
  static func rows(of table: [UInt8]) -> [[String]] {
    table.split(separator: UInt8(ascii: "\n")).dropFirst().map { line in
      line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }

  /// Reads a cell that holds `yes` or nothing; nil for anything else.
  static func flag(_ cell: String) -> Bool? {
    switch cell {
    case "yes": true
    case "": false
    default: nil
    }
  }

  /// Lowers ASCII letters only, as Postfix does; `lowercased()` would also fold other scripts.
  private static func asciiLowercase(_ text: String) -> String {
    text.asciiLowercased
  }

  private static func presets(from rows: [[String]]) -> [Preset] {
    var presets: [Preset] = []
    for fields in rows {
      guard let setting = Preset.Setting(fields: fields) else { continue }
      if let index = presets.firstIndex(where: { $0.name == fields[0] }) {
        presets[index].settings.append(setting)
      } else {
        presets.append(Preset(name: fields[0], settings: [setting]))
      }
    }
    return presets
  }
}
