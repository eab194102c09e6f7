import HostSystem
import PostfixHost

extension Outcome {
  /// A warning that a file which changes has several names (hard links): the new text is put in place of
  /// one of them by rename(2), and the others keep the old one. Nil when none has.
  ///
  /// It asks, since only the admin knows what the others are: with copies of a backup (`cp -al`) that is
  /// as it should be, with a file that several instances share it is not.
  func otherNamesWarning(on instance: Instance) -> String? {
    var paths: [String] = []
    if before.main.bytes != after.main.bytes { paths.append(instance.mainCF) }
    if before.master.bytes != after.master.bytes { paths.append(instance.masterCF) }
    for (name, bytes) in tablesAfter.sorted(by: { $0.key < $1.key })
    where bytes != tablesBefore[name] {
      if let table = try? TableFile(name) { paths.append(table.path) }
    }
    let several = paths.compactMap { path in
      // What cannot be looked at is told by who reads it.
      (try? FileStatus(of: path)).flatMap { $0.links > 1 ? "\(path) has \($0.links) names" : nil }
    }
    guard !several.isEmpty else { return nil }
    return several.joined(separator: ", ")
      + " (hard links): only this one gets the new text and the others keep the old one; where they "
      + "are meant to be one file, first make the others symbolic links to it (ln -sf)"
  }
}
