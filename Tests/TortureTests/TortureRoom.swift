import ChangeControl
import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import TestSupport

/// A file's bytes and everything that a replacement has to keep.
struct FileState: Hashable {
  var bytes: [UInt8]
  var metadata: FileMetadata

  init(_ path: String) throws {
    bytes = try readFile(path).bytes
    metadata = try FileMetadata(of: OpenFile(path, O_RDONLY | O_NOFOLLOW))
  }
}

/// An instance of its own that is changed, interrupted and looked at, again and again.
final class TortureRoom {
  /// Seconds of the confirm window.
  static let window = 2

  let scratch: ScratchInstance
  let old: FileState
  private let master: FileState

  init() throws {
    scratch = try ScratchInstance()
    try Self.decorate(scratch.instance.mainCF)
    old = try FileState(scratch.instance.mainCF)
    master = try FileState(scratch.instance.masterCF)
  }

  /// Metadata that a careless replacement would lose.
  static func decorate(_ path: String) throws {
    let file = try OpenFile(path, O_RDWR | O_NOFOLLOW)
    // Group adm, on every Debian.
    var metadata = FileMetadata(
      owner: 0, group: 4, mode: 0o644, attributes: ["user.postgate.test": Array("kept".utf8)])
    do {
      try metadata.apply(to: file)
    } catch {
      // Not every file system keeps extended attributes.
      metadata.attributes = [:]
      try metadata.apply(to: file)
    }
  }

  var log: String { scratch.root + "/strace.log" }
  var environment: [String: String] {
    var environment = Command.cleanEnvironment
    environment["POSTGATE_STATE_DIRECTORY"] = scratch.root + "/state"
    return environment
  }

  /// The command that is interrupted.
  var enable: [String] {
    arguments("enable", "reject_unknown_helo_hostname", "--confirm", "\(Self.window)")
  }

  func arguments(_ words: String...) -> [String] {
    [postgateProgram] + words + ["-c", scratch.instance.configurationDirectory]
  }

  func run(_ words: [String], timeout: Double = 60) throws -> CommandResult {
    try Command(words[0], Array(words.dropFirst()), environment: environment, timeout: timeout)
      .run()
  }

  func transaction() throws -> Transaction {
    Transaction(instance: scratch.instance, state: try scratch.state, commands: CommandLog())
  }

  /// Another change, as the next administrator would make it.
  func nextChange() throws -> Outcome {
    var options = ChangeOptions()
    options.settleSeconds = 0
    return try transaction().apply(
      .edits([.setParameter(name: "smtpd_hard_error_limit", value: "21", service: nil)]),
      options: options)
  }

  /// Everything as before the first change.
  func reset() throws {
    // A guard that still watches ends by itself when its window is gone.
    try removeTree(scratch.root + "/state")
    try scratch.write("main.cf", String(decoding: old.bytes, as: UTF8.self))
    try Self.decorate(scratch.instance.mainCF)
    if try FileState(scratch.instance.mainCF) != old { throw ScratchError(description: "reset") }
  }
}

extension TortureRoom {
  /// What must hold after any interruption, in the order in which an administrator would find out.
  ///
  /// - Parameter new: what the interrupted change would have written.
  func complaints(new: [UInt8]) throws -> (complaints: [String], lateness: Double) {
    var found = try fileComplaints(allowed: [old.bytes, new])
    found += postfixComplaints()
    let status = try run(arguments("status"))
    if !status.succeeded || status.outputText.contains("not repaired") {
      found.append("status: \(status.ending) \(status.outputText) \(status.errorText)")
    }
    let lateness = try waitForTheEnd(&found)
    found += try fileComplaints(allowed: [old.bytes])
    found += try historyComplaints()
    do {
      let outcome = try nextChange()
      if outcome.result != .kept { found.append("the next change: \(outcome.result)") }
    } catch {
      found.append("the next change: \(error)")
    }
    found += try leftOvers()
    return (found, lateness)
  }

  /// main.cf and master.cf whole, with their metadata.
  func fileComplaints(allowed: [[UInt8]]) throws -> [String] {
    var found: [String] = []
    let main = try FileState(scratch.instance.mainCF)
    if !allowed.contains(main.bytes) {
      found.append(
        "main.cf is not as it should be:\n\(String(decoding: main.bytes, as: UTF8.self))")
    }
    if main.metadata != old.metadata { found.append("main.cf lost metadata: \(main.metadata)") }
    if try FileState(scratch.instance.masterCF) != master { found.append("master.cf differs") }
    return found
  }

  func postfixComplaints() -> [String] {
    var found: [String] = []
    let check = try? Command(
      "/usr/sbin/postfix", ["-c", scratch.instance.configurationDirectory, "check"]
    ).runOnTerminal()
    if check?.succeeded != true { found.append("postfix check: \(check?.outputText ?? "")") }
    let client = try? SMTPClient(
      connectingTo: .tcp(address: "127.0.0.1", port: scratch.port), timeout: 20)
    if client?.greeting.isPositive != true { found.append("smtpd does not greet") }
    _ = try? client?.quit()
    return found
  }

  /// Waits until nothing is pending any more.
  ///
  /// - Returns: how long after its deadline a change was taken back.
  private func waitForTheEnd(_ found: inout [String]) throws -> Double {
    let history = try transaction().history()
    if let record = history.records().last(where: { $0.phase == .prepared }) {
      found.append("status left change \(record.number) as it was")
    }
    guard let waiting = history.records().last(where: { $0.phase == .waiting }),
      let window = waiting.window
    else { return 0 }
    guard
      try waitUntil(
        Double(Self.window) + 5, { try history.record(waiting.number).phase == .timedOut })
    else {
      found.append("the change was not taken back: \(try history.record(waiting.number).summary)")
      return 0
    }
    return max(0, monotonicSeconds() - window.deadline)
  }

  private func historyComplaints() throws -> [String] {
    let listed = try run(arguments("history"))
    guard listed.succeeded else { return ["history: \(listed.errorText)"] }
    let history = try transaction().history()
    let entries = ((try? directoryEntries(history.directory)) ?? []).compactMap { Int($0) }
    let records = history.records()
    var found: [String] = []
    if records.map(\.number) != entries.sorted() {
      found.append("entries \(entries) but records \(records.map(\.number))")
    }
    let settled: Set<ChangeRecord.Phase> = [.timedOut, .notWritten, .putBack]
    for record in records where !settled.contains(record.phase) {
      found.append("history: \(record.summary) \(record.notes)")
    }
    return found
  }

  /// Temporary files of ours that are still there when another change was made.
  func leftOvers() throws -> [String] {
    let beside = try directoryEntries(scratch.instance.configurationDirectory)
      .filter { !["main.cf", "master.cf", "dynamicmaps.cf", "postfix-files"].contains($0) }
    let staged = (try? directoryEntries(scratch.root + "/state/.staging")) ?? []
    let history = try transaction().history()
    let entries = try directoryEntries(history.directory)
    let parts =
      try entries.filter { Int($0) == nil }
      + entries.filter { Int($0) != nil }.flatMap { entry in
        try directoryEntries(history.directory + "/" + entry).filter { $0.hasSuffix(".new") }
      }
    return (beside + staged + parts).map { "left over: \($0)" }
  }
}
