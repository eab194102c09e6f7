import Glibc
import HostSystem

/// The postgate that was built with the tests.
public let postgateProgram: String = {
  let own = (try? resolvedPath("/proc/self/exe")) ?? ""
  let beside = parentDirectory(of: own) + "/postgate"
  guard access(beside, X_OK) != 0 else { return beside }
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  return parts.dropLast(3).joined(separator: "/") + "/.build/debug/postgate"
}()
