import Sandbox

/// Calls `body` with a fresh sandbox that runs, and stops and deletes it whatever happens.
public func withSandbox<Result>(
  _ body: (SandboxInstance, SandboxStatus) throws -> Result
) throws -> Result {
  try withTemporaryDirectory { directory in
    let sandbox = SandboxInstance(directory: directory + "/sandbox")
    let status = try sandbox.start()
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
