/// The catalog's data files, embedded at build time.
public enum CatalogData {
  /// Built-in restrictions, tab-separated, first line names the columns.
  public static var restrictions: [UInt8] { PackageResources.restrictions_tsv }
  /// Parameters of inbound access, tab-separated.
  public static var parameters: [UInt8] { PackageResources.parameters_tsv }
  /// Parameters whose empty value Postfix refuses, one a line.
  public static var required: [UInt8] { PackageResources.required_tsv }
  /// Presets: name, parameter, value, reason, tab-separated.
  public static var presets: [UInt8] { PackageResources.presets_tsv }
  /// DNS lists that have closed: domain, since, tab-separated.
  public static var deadDNSLists: [UInt8] { PackageResources.dead_dns_lists_tsv }
  /// DNS lists in use: domain, block or allow, tab-separated.
  public static var dnsLists: [UInt8] { PackageResources.dns_lists_tsv }
}
