import Glibc
import Testing
import TextGrid

/// Compares a screen as text with the file of that name in `Tests/Snapshots`.
///
/// With `POSTGATE_WRITE_SNAPSHOTS=1` in the environment the files are written instead; look at the
/// difference before it is committed.
func expectSnapshot(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
  let path = folder.joined(separator: "/") + "/Snapshots/\(name).txt"
  if getenv("POSTGATE_WRITE_SNAPSHOTS") != nil {
    write(text + "\n", to: path)
    return
  }
  #expect(read(path) == text + "\n", "\(name)", sourceLocation: sourceLocation)
}

private func read(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "(no file \(path))" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func write(_ text: String, to path: String) {
  guard let file = fopen(path, "w") else { return }
  defer { fclose(file) }
  fputs(text, file)
}
