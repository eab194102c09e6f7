import PostfixConfig

extension Finding {
  /// One element of `postgate check --json`.
  func json(in directory: String) -> JSONValue {
    [
      "severity": .string(severity.rawValue),
      "class": .string(findingClass.rawValue),
      "code": .string(code),
      "file": .string(directory + "/" + location.file.rawValue),
      "line": .int(location.line),
      "column": .int(location.column),
      "message": .string(message),
      "fix": .array(fix.map(\.json)),
      "added": .bool(addedByDraft),
    ]
  }

  /// One line as compilers print it: `FILE:LINE:COLUMN: error: … [class, code]`.
  func line(in directory: String) -> String {
    "\(directory)/\(location.file.rawValue):\(location.line):\(location.column): "
      + "\(severity.rawValue): \(message) [\(findingClass.rawValue), \(code)]"
  }
}
