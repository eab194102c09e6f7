import Glibc
import HostSystem
import PostfixHost

/// True where a real Postfix can be run: root, and the program installed.
public let canRunPostfix = geteuid() == 0 && (try? Postconf()) != nil

/// Why a scratch instance could not be made.
public struct ScratchError: Error, CustomStringConvertible {
  /// What went wrong.
  public let description: String

  /// Says what went wrong.
  public init(description: String) { self.description = description }
}

/// A real, running Postfix of its own in a temporary directory, on a free loopback port.
public final class ScratchInstance {
  /// Holds everything of the instance.
  public let root: String
  /// The instance, below ``root``.
  public let instance: Instance
  /// Where its smtpd listens on 127.0.0.1.
  public let port: UInt16
  /// Where its submission service listens, if it has one.
  public let submissionPort: UInt16
  private let isRunning: Bool
  private var soundMain = ""

  /// The state directory for its changes, below ``root``.
  public var state: StateDirectory { get throws { try StateDirectory(root + "/state") } }
  /// main.cf as it is now.
  public var mainText: String { get throws { try text(instance.mainCF) } }
  /// What Postfix logged so far.
  public var logText: String { (try? text(root + "/log/postfix.log")) ?? "" }

  /// The configuration that each test starts from.
  public static let tutorial = """
    # The admin's own words.
    smtpd_helo_required = yes
    smtpd_relay_restrictions =
    smtpd_client_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        permit
    smtpd_helo_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        # a comment inside the list
        reject_invalid_helo_hostname,
        reject_non_fqdn_helo_hostname,
        permit
    smtpd_sender_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_sender,
        permit
    smtpd_recipient_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_unauth_destination,
        reject_non_fqdn_recipient,
        permit

    """

  /// Makes the instance, and starts it unless told otherwise.
  ///
  /// - Parameter submission: `-o` overrides of a second smtpd service; none when empty.
  public init(
    _ settings: String = tutorial, start: Bool = true, submission: String = ""
  ) throws {
    var template = Array("/tmp/postgate-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw ScratchError(description: "mkdtemp: errno \(errno)")
    }
    root = String(cString: made)
    chmod(root, 0o755)
    let ports = try freeLoopbackPorts(2)
    (port, submissionPort) = (ports[0], ports[1])
    instance = Instance(configurationDirectory: root + "/etc")
    isRunning = start
    for name in ["etc", "queue", "log", "data"] { mkdir("\(root)/\(name)", 0o755) }
    guard let owner = userNumbers("postfix") else {
      throw ScratchError(description: "there is no user postfix")
    }
    chown(root + "/data", owner.uid, owner.gid)
    chmod(root + "/data", 0o700)
    let head = """
      compatibility_level = 3.6
      myhostname = mx.example.org
      mydestination = mx.example.org, example.org
      mynetworks = 127.0.0.0/8, 10.0.0.0/8
      local_recipient_maps =
      alias_maps =
      alias_database =
      queue_directory = \(root)/queue
      data_directory = \(root)/data
      maillog_file = \(root)/log/postfix.log
      maillog_file_prefixes = \(root)/log
      inet_interfaces = 127.0.0.1
      inet_protocols = ipv4
      default_transport = discard:
      smtpd_peername_lookup = no

      """
    soundMain = head + settings
    try write("main.cf", soundMain)
    try write("master.cf", master(submission))
    if start { try startPostfix() }
  }

  private func master(_ submission: String) -> String {
    """
    127.0.0.1:\(port) inet n - n - - smtpd
    \(submission.isEmpty ? "" : "127.0.0.1:\(submissionPort) inet n - n - - smtpd" + submission)
    pickup unix n - n 60 1 pickup
    cleanup unix n - n - 0 cleanup
    qmgr unix n - n 300 1 qmgr
    rewrite unix - - n - - trivial-rewrite
    bounce unix - - n - 0 bounce
    defer unix - - n - 0 bounce
    trace unix - - n - 0 bounce
    proxymap unix - - n - - proxymap
    local unix - n n - - local
    discard unix - - n - - discard
    anvil unix - - n - 1 anvil
    tlsmgr unix - - n 1000? 1 tlsmgr
    postlog unix-dgram n - n - 1 postlogd

    """
  }

  /// Writes a configuration file with an old time stamp, so that no reader waits for it.
  public func write(_ name: String, _ text: String) throws {
    let path = "\(root)/etc/\(name)"
    let file = try OpenFile(path, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o644)
    try file.writeAll(Array(text.utf8))
    let old = timespec(tv_sec: Int(wallClockMicroseconds() / 1_000_000) - 3600, tv_nsec: 0)
    guard futimens(file.descriptor, [old, old]) == 0 else {
      throw ScratchError(description: "futimens \(path): errno \(errno)")
    }
  }

  /// The same in one step: a daemon of Postfix that starts now reads the old file or the new one, and none
  /// that is empty as yet.
  private func replace(_ name: String, _ text: String) throws {
    try write(name + ".new", text)
    guard rename("\(root)/etc/\(name).new", "\(root)/etc/\(name)") == 0 else {
      throw ScratchError(description: "rename \(name): errno \(errno)")
    }
  }

  /// Appends settings to main.cf, and options to the entry of smtpd.
  public func spoil(_ settings: String, master options: String = "") throws {
    try replace("main.cf", soundMain + settings)
    guard !options.isEmpty else { return }
    let entry = "127.0.0.1:\(port) inet n - n - - smtpd"
    try replace("master.cf", master("").replacing(entry, with: entry + options))
    try reload()
  }

  /// Takes back what `spoil` did.
  public func restore() throws {
    let isChanged = try text(instance.masterCF) != master("")
    try replace("main.cf", soundMain)
    guard isChanged else { return }
    try replace("master.cf", master(""))
    try reload()
  }

  private func reload() throws {
    guard let running = Instance.running(queueDirectory: root + "/queue") else {
      throw ScratchError(description: "the scratch instance does not run")
    }
    kill(running.pid, SIGHUP)
    usleep(300_000)
  }

  /// A file as text.
  public func text(_ path: String) throws -> String {
    String(decoding: try readFile(path).bytes, as: UTF8.self)
  }

  /// Starts Postfix, also again.
  public func startPostfix() throws {
    let result = try Command(
      "/usr/sbin/postfix", ["-c", instance.configurationDirectory, "start"]
    ).runOnTerminal()
    guard result.succeeded else {
      throw ScratchError(description: "postfix start: \(result.outputText)")
    }
  }

  /// Ends Postfix, as the end of the machine would.
  public func stopPostfix() {
    guard let running = Instance.running(queueDirectory: root + "/queue") else { return }
    kill(-running.pid, SIGTERM)
    usleep(100_000)
    kill(-running.pid, SIGKILL)
  }

  deinit {
    if isRunning { stopPostfix() }
    try? removeTree(root)
  }
}
