import Glibc
import HostSystem

/// The programs of the system that a sandbox runs, by absolute path.
struct SandboxPrograms {
  let postfix: String
  let dnsmasq: String
  /// `mail_owner` of the installed Postfix.
  let mailOwner: SandboxLayout.Owner
  /// Those of ``SandboxConfiguration/newer`` that the installed Postfix knows.
  let newerParameters: Set<String>

  /// Looks for them.
  ///
  /// - Throws: ``SandboxError/missing(program:package:)`` with the package to install.
  static func find() throws(SandboxError) -> SandboxPrograms {
    let folders = ["/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"]
    func locate(_ name: String, _ package: String) throws(SandboxError) -> String {
      for folder in folders where access(folder + "/" + name, X_OK) == 0 {
        return folder + "/" + name
      }
      throw .missing(program: name, package: package)
    }
    let postfix = try locate("postfix", "postfix")
    let dnsmasq = try locate("dnsmasq", "dnsmasq-base")
    let postconf = try locate("postconf", "postfix")
    return SandboxPrograms(
      postfix: postfix, dnsmasq: dnsmasq, mailOwner: try mailOwner(postconf: postconf),
      newerParameters: Set(
        SandboxConfiguration.newer.map(\.name).filter { standard($0, postconf: postconf) != nil }))
  }

  /// Runs a program and gives its words when it fails.
  static func run(_ program: String, _ arguments: [String]) throws(SandboxError) {
    let result: CommandResult
    do throws(SystemError) {
      result = try Command(program, arguments, timeout: 30).run()
    } catch {
      throw SandboxError(error)
    }
    guard result.succeeded else {
      let words = (result.errorText + result.outputText).split(separator: "\n").suffix(5)
      throw .failed(
        program: ([program] + arguments).joined(separator: " "),
        words: words.isEmpty ? "\(result.ending)" : words.joined(separator: " / "))
    }
  }

  /// A default of the installed Postfix; nil for a parameter that it does not know.
  private static func standard(_ parameter: String, postconf: String) -> String? {
    let result = try? Command(postconf, ["-d", "-h", parameter], timeout: 10).run()
    return (result?.outputText ?? "").split(separator: "\n").first.map(String.init)
  }

  private static func mailOwner(postconf: String) throws(SandboxError) -> SandboxLayout.Owner {
    let name = standard("mail_owner", postconf: postconf) ?? "postfix"
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16384)
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      throw .missing(program: "the user \(name)", package: "postfix")
    }
    return SandboxLayout.Owner(user: entry.pw_uid, group: entry.pw_gid)
  }
}
