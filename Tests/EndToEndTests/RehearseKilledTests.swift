import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// A rehearsal whose postgate is killed: its private Postfix ends with it.
@Suite(.enabled(if: canRunEndToEnd, endToEndReason))
struct RehearseKilledTests {
  @Test func leavesNoProcessAndTheNextStartRemovesItsFiles() throws {
    try withSandbox { sandbox, status in
      _ = TrafficRunner(
        status, plan: TrafficPlan(seed: 9, lingering: 0),
        limits: .init(rate: 0, seconds: 60, sessions: 60, threads: 8)
      ).run()
      let state = sandbox.directory + "/../history"
      let staging = state + "/.staging"
      var environment = Command.cleanEnvironment
      environment["POSTGATE_STATE_DIRECTORY"] = state
      // One question in ten seconds: it is under way when it is killed.
      let rehearsal = try ChildProcess(
        Command(
          Postgate.path,
          [
            "rehearse", "-c", sandbox.instance.configurationDirectory, "--dns-rate", "0.1",
            "reject_rbl_client", "bl.test",
          ], environment: environment))
      rehearsal.closeInput()
      var master: Int32 = 0
      #expect(
        waitUntil(20) {
          let names = (try? directoryEntries(staging)) ?? []
          master =
            names.lazy.compactMap {
              Instance.running(queueDirectory: "\(staging)/\($0)/queue")?.pid
            }.first ?? 0
          return master != 0
        })
      kill(rehearsal.pid, SIGKILL)
      _ = rehearsal.wait()
      #expect(waitUntil { processName(master) == nil })
      #expect(
        try waitUntil {
          try !directoryEntries("/proc").contains { name in
            guard let pid = Int32(name), processName(pid) != nil else { return false }
            return (try? resolvedPath("/proc/\(pid)/cwd"))?.contains("/history/.staging/") == true
          }
        })
      #expect(try !directoryEntries(staging).isEmpty)
      let next = try Postgate.run(
        ["status", "-c", sandbox.instance.configurationDirectory], state: state)
      #expect(next.succeeded, "\(next.errorText)")
      #expect(try directoryEntries(staging) == [])
    }
  }
}
