import Glibc
import HostSystem
import PostfixHost
import Sandbox
import TestSupport
import Testing

/// Processes that work below a directory, whoever started them.
func processes(below directory: String) -> [LiveProcess] {
  LiveProcess.all().filter { $0.workingDirectory?.hasPrefix(directory) == true }
}

@Suite(.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason)))
struct SandboxLifeTests {
  @Test func startGreetsOnBothServicesAndStopLeavesNoProcess() throws {
    try withTemporaryDirectory { directory in
      let sandbox = SandboxInstance(directory: directory + "/one")
      #expect(try !sandbox.status().isRunning)
      let status = try sandbox.start()
      #expect(status.isRunning)
      for port in [status.smtpPort, status.submissionPort] {
        let client = try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: port))
        #expect(client.greeting.code == 220)
        try client.quit()
      }
      let dns = try #require(status.dnsPID.flatMap(LiveProcess.init(pid:)))
      try sandbox.stop()
      #expect(processes(below: directory).isEmpty)
      #expect(!dns.isAlive)
      #expect(try !sandbox.status().isRunning)
      try sandbox.remove()
      #expect(access(directory + "/one", F_OK) != 0)
    }
  }

  @Test func everythingMayBeRepeated() throws {
    try withTemporaryDirectory { directory in
      let sandbox = SandboxInstance(directory: directory + "/again")
      try sandbox.stop()
      let first = try sandbox.start()
      let second = try sandbox.start()
      #expect(first == second)
      try sandbox.stop()
      try sandbox.stop()
      let third = try sandbox.start()
      #expect(third.smtpPort == first.smtpPort)
      try sandbox.remove()
      try sandbox.remove()
    }
  }

  @Test func twoRunSideBySide() throws {
    try withSandbox { _, one in
      try withSandbox { second, other in
        #expect(
          Set([one.smtpPort, one.submissionPort, other.smtpPort, other.submissionPort]).count == 4)
        #expect(one.dnsAddress != other.dnsAddress)
        try second.stop()
        #expect(acceptsConnections(address: "127.0.0.1", port: one.smtpPort))
      }
    }
  }

  @Test func whatWasKilledHalfwayIsStoppedAndStartedAgain() throws {
    try withSandbox { sandbox, status in
      let dns = try #require(status.dnsPID)
      kill(dns, SIGKILL)
      #expect(waitUntil { (try? sandbox.status().isRunning) == false })
      let again = try sandbox.start()
      #expect(again.isRunning)
      let client = try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: again.smtpPort))
      let master = try #require(again.masterPID)
      kill(master, SIGKILL)
      #expect(waitUntil { LiveProcess(pid: master)?.isZombie ?? true })
      try sandbox.stop()
      #expect(processes(below: sandbox.directory).isEmpty)
      client.close()
    }
  }

  @Test func editsOfTheUserSurviveStopAndStart() throws {
    try withSandbox { sandbox, _ in
      let descriptor = open(sandbox.instance.mainCF, O_WRONLY | O_APPEND)
      #expect(write(descriptor, "# mine\n", 7) == 7)
      close(descriptor)
      try sandbox.stop()
      try sandbox.start()
      let kept = try Command("/usr/bin/tail", ["-n", "1", sandbox.instance.mainCF]).run()
      #expect(kept.outputText == "# mine\n")
      try sandbox.start(fresh: true)
      let fresh = try Command("/usr/bin/tail", ["-n", "1", sandbox.instance.mainCF]).run()
      #expect(fresh.outputText != "# mine\n")
    }
  }

  @Test func brokenConfigurationIsExplainedAndLeavesNothingRunning() throws {
    try withSandbox { sandbox, _ in
      try sandbox.stop()
      let descriptor = open(sandbox.instance.mainCF, O_WRONLY | O_APPEND)
      #expect(write(descriptor, "smtpd_helo_required = maybe\n", 28) == 28)
      close(descriptor)
      let error = #expect(throws: SandboxError.self) { try sandbox.start() }
      #expect(error?.description.contains("maybe") == true)
      #expect(processes(below: sandbox.directory).isEmpty)
    }
  }

  @Test func directoriesThatOthersCanWriteAreRefused() throws {
    try withTemporaryDirectory { directory in
      chmod(directory, 0o777)
      let error = #expect(throws: SandboxError.self) {
        try SandboxInstance(directory: directory + "/open").start()
      }
      #expect(error?.description.contains("can be written by others") == true)
      chmod(directory, 0o700)
      let closed = #expect(throws: SandboxError.self) {
        try SandboxInstance(directory: directory + "/closed").start()
      }
      #expect(closed?.description.contains("chmod o+x") == true)
    }
  }
}
