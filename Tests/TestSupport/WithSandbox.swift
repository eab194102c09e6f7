import HostSystem
import Sandbox

/// Calls `body` with a fresh sandbox that runs, and stops and deletes it whatever happens.
public func withSandbox<Result>(
  _ body: (SandboxInstance, SandboxStatus) throws -> Result
) throws -> Result {
  try withTemporaryDirectory { directory in
    let sandbox = SandboxInstance(directory: directory + "/sandbox")
    let status = try sandbox.start()
    // The start greets both services; their lines must not fall into what a test counts.
    _ = try waitUntil {
      let log = String(decoding: try readFile(sandbox.logFile).bytes, as: UTF8.self)
      return log.split(separator: "\n").count { $0.contains("disconnect from localhost") } >= 2
    }
    do {
      let result = try body(sandbox, status)
      try sandbox.remove()
      return result
    } catch {
      try? sandbox.stop()
      throw error
    }
  }
}
