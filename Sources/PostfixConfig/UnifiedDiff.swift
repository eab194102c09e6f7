/// A unified text diff (`diff -u`), empty when the two texts are equal.
public func unifiedDiff(
  old: [UInt8], new: [UInt8], oldLabel: String, newLabel: String, context: Int = 3
) -> String { "" }
