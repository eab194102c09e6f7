import HostSystem
import PostfixConfig
import SystemPackage

extension Instance {
  /// Looks up whether the tables that a configuration names are there.
  ///
  /// `hash:` and its like need an index beside the source (postmap(1)); tables that are no files,
  /// or that we may not look at, are `unknown`.
  public func tableStatuses(
    of references: [TableReference]
  ) -> [TableReference: TableStatus] {
    var statuses: [TableReference: TableStatus] = [:]
    for reference in references { statuses[reference] = Self.status(of: reference) }
    return statuses
  }

  /// Index file suffixes by table type (DATABASE_README).
  private static let indexSuffixes = [
    "hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb", "dbm": ".pag", "sdbm": ".pag",
  ]
  private static let plainTypes: Set = ["cidr", "regexp", "pcre", "texthash"]

  private static func status(of table: TableReference) -> TableStatus {
    guard table.name.hasPrefix("/") else { return .unknown }
    if plainTypes.contains(table.type) {
      return modified(table.name).map { $0 == nil ? .sourceMissing : .present } ?? .unknown
    }
    guard let suffix = indexSuffixes[table.type] else { return .unknown }
    guard let index = modified(table.name + suffix), let source = modified(table.name) else {
      return .unknown
    }
    guard let index else { return source == nil ? .sourceMissing : .indexMissing }
    // An index without its source works; Postfix itself warns when the source is newer.
    guard let source else { return .present }
    return source > index ? .indexStale : .present
  }

  /// The time of the last change; inner nil when there is no such file, outer when we cannot tell.
  private static func modified(_ path: String) -> Int64?? {
    do {
      return .some(try FileStatus(of: path).modified)
    } catch {
      return error.errno == .noSuchFileOrDirectory ? .some(nil) : nil
    }
  }
}
