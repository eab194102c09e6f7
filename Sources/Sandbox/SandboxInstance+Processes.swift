import Glibc
import HostSystem
import PostfixHost

extension SandboxInstance {
  /// Starts the DNS server, then Postfix, and waits until both services greet.
  func startLocked(_ programs: SandboxPrograms) throws(SandboxError) -> SandboxStatus {
    var state = try readState()
    try writeConfiguration(&state, known: programs.newerParameters)
    try startDNS(programs, &state)
    let logStart = try SandboxFiles.read(layout.logFile)?.count ?? 0
    do throws(SandboxError) {
      try SandboxPrograms.run(programs.postfix, ["-c", layout.configuration, "start"])
      let master = try waitFor(10, "Postfix to start") {
        LiveConnections(queueDirectory: layout.queue).master()
      }
      // Debian's Postfix 3.9 and later copies the machine's own resolver files there when it starts;
      // no smtpd runs before the first connection.
      try layout.fillChroot(nameserver: state.dnsAddress)
      state.master = SandboxState.ProcessMark(master)
      try write(state)
      try waitForGreeting(state.smtpPort, logStart: logStart)
      try waitForGreeting(state.submissionPort, logStart: logStart)
    } catch {
      throw .failed(program: "Postfix", words: "\(error); its log says: \(lastWords())")
    }
    return try status()
  }

  /// Stops what runs and makes sure that nothing of the sandbox is left.
  func stopLocked() throws(SandboxError) {
    var state = try readState()
    if let master = LiveConnections(queueDirectory: layout.queue).master() ?? state.master?.process
    {
      kill(master.pid, SIGTERM)
    }
    if let dns = state.dns?.process { kill(dns.pid, SIGTERM) }
    let start = monotonicSeconds()
    while true {
      let left = remaining(state)
      if left.isEmpty { break }
      let waited = monotonicSeconds() - start
      guard waited < 10 else {
        let names = left.map { "\($0.name) \($0.pid)" }.joined(separator: ", ")
        throw .failed(program: "stop", words: "still running: \(names)")
      }
      // A master that was killed leaves servers behind which end only when they are idle.
      if waited > 1 { left.forEach { kill($0.pid, waited > 3 ? SIGKILL : SIGTERM) } }
      usleep(10_000)
    }
    state.master = nil
    state.dns = nil
    try write(state)
  }

  /// Drops configuration, log, queue and mailboxes.
  func clear(_ programs: SandboxPrograms) throws(SandboxError) {
    for path in [layout.configuration, layout.queue, layout.data, layout.log, layout.mail] {
      try SandboxFiles.removeTree(path)
    }
    try layout.prepare(postfix: programs.mailOwner)
  }

  /// Processes that work in our queue directory with Postfix's programs, and our DNS server.
  private func remaining(_ state: SandboxState) -> [LiveProcess] {
    let servers = LiveProcess.all().filter { process in
      guard process.workingDirectory == layout.queue, let program = process.executable else {
        return false
      }
      return program.contains("/postfix/")
    }
    return servers + (state.dns?.process.map { [$0] } ?? [])
  }

  private func writeConfiguration(
    _ state: inout SandboxState, known: Set<String>
  ) throws(SandboxError) {
    let isFree = { (port: UInt16) in
      port != 0 && !acceptsConnections(address: "127.0.0.1", port: port, within: 0.2)
    }
    let old = (state.smtpPort, state.submissionPort)
    if !isFree(old.0) || !isFree(old.1) {
      do throws(SystemError) {
        let ports = try freeLoopbackPorts(2)
        (state.smtpPort, state.submissionPort) = (ports[0], ports[1])
      } catch {
        throw SandboxError(error)
      }
    }
    if try SandboxFiles.read(layout.mainCF) == nil {
      try place(
        SandboxConfiguration.mainCF(layout, known: known),
        at: layout.mainCF)
      try place(SandboxConfiguration.mailboxTable, at: layout.mailboxTable)
    }
    if let master = try SandboxFiles.read(layout.masterCF), old.0 != 0 {
      guard old != (state.smtpPort, state.submissionPort) else { return try write(state) }
      let moved = String(decoding: master, as: UTF8.self)
        .replacing(Self.endpoint(old.0), with: Self.endpoint(state.smtpPort))
        .replacing(Self.endpoint(old.1), with: Self.endpoint(state.submissionPort))
      try place(moved, at: layout.masterCF)
    } else {
      let text = SandboxConfiguration.masterCF(
        smtpPort: state.smtpPort, submissionPort: state.submissionPort)
      try place(text, at: layout.masterCF)
    }
    try write(state)
  }

  private static func endpoint(_ port: UInt16) -> String { "127.0.0.1:\(port) " }

  private func place(_ text: String, at path: String) throws(SandboxError) {
    try SandboxFiles.write(text.utf8, to: path)
    SandboxFiles.age(path)
  }

  /// Starts dnsmasq on an address of 127/8 of its own; it is ready when its parent has ended.
  private func startDNS(
    _ programs: SandboxPrograms, _ state: inout SandboxState
  ) throws(SandboxError) {
    var attempts = 8
    while true {
      state.dnsAddress = "127.77.\(Int.random(in: 1...254)).\(Int.random(in: 2...254))"
      unlink(layout.dnsPIDFile)
      let text = SandboxZone.configuration(
        address: state.dnsAddress, pidFile: layout.dnsPIDFile, logFile: layout.log + "/dns.log")
      try SandboxFiles.write(text.utf8, to: layout.dnsConfiguration)
      do throws(SandboxError) {
        try SandboxPrograms.run(programs.dnsmasq, ["--conf-file=\(layout.dnsConfiguration)"])
        break
      } catch {
        attempts -= 1
        guard attempts > 0 else { throw error }
      }
    }
    let process = try waitFor(5, "the DNS server to start") { () -> LiveProcess? in
      guard let bytes = try? SandboxFiles.read(layout.dnsPIDFile),
        let pid = Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber }),
        let process = LiveProcess(pid: pid), process.name == "dnsmasq"
      else { return nil }
      return process
    }
    state.dns = SandboxState.ProcessMark(process)
    try write(state)
  }

  /// Waits for a greeting, but no longer than it takes smtpd to die of a fatal mistake: master
  /// would only try again after a minute.
  private func waitForGreeting(_ port: UInt16, logStart: Int) throws(SandboxError) {
    let endpoint = SocketEndpoint.tcp(address: "127.0.0.1", port: port)
    let greeting = try waitFor(10, "an SMTP greeting on port \(port)") { () -> SMTPReply? in
      if let client = try? SMTPClient(connectingTo: endpoint, timeout: 0.5) {
        _ = try? client.quit()
        return client.greeting
      }
      let words = (try? SandboxFiles.read(layout.logFile)) ?? []
      let isDead = String(decoding: words.dropFirst(logStart), as: UTF8.self)
        .contains("bad command startup -- throttling")
      return isDead ? SMTPReply(code: 421, lines: ["smtpd cannot start"]) : nil
    }
    guard greeting.isPositive else {
      throw .failed(program: "smtpd", words: "\(greeting.code) \(greeting.text)")
    }
  }

  private func waitFor<Found>(
    _ seconds: Double, _ what: String, _ look: () -> Found?
  ) throws(SandboxError) -> Found {
    let deadline = monotonicSeconds() + seconds
    while true {
      if let found = look() { return found }
      guard monotonicSeconds() < deadline else {
        throw .failed(program: "start", words: "waited \(Int(seconds)) s for \(what)")
      }
      usleep(10_000)
    }
  }

  /// The last complaints of the log, for the user who broke his main.cf.
  private func lastWords() -> String {
    let log = (try? SandboxFiles.read(layout.logFile)) ?? []
    let lines = String(decoding: log.suffix(16384), as: UTF8.self).split(separator: "\n")
    let complaints = lines.filter { $0.contains("fatal:") || $0.contains("panic:") }
    return (complaints.isEmpty ? lines : complaints).suffix(2).joined(separator: " / ")
  }
}
