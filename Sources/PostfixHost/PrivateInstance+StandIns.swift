import Glibc
import HostSystem
import SystemPackage

/// What a private instance's processes talk to in place of the live ones, served by ourselves.
final class StandIns {
  /// A Dovecot-style authentication server that offers PLAIN and lets nobody in.
  ///
  /// smtpd dies when its SASL backend offers no mechanism, and before 3.11 honours a pretended login
  /// only with a backend. So signed-in clients can be judged on every version; the real backend
  /// is not judged.
  private let signIn: LocalService
  /// In place of postlogd(8), which blocks for good when its own start-up warnings fill its socket
  /// (ten datagrams) before it reads: then every process of the instance hangs.
  private let log: LocalService

  /// The server's half of the handshake (Dovecot authentication protocol, version 1.1).
  private static let handshake =
    "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n"

  /// - Parameters:
  ///   - queue: the queue directory; at most some 80 bytes.
  ///   - owner: the user that Postfix's processes run as.
  init(queue: String, owner: String) throws(SystemError) {
    let signInPath = "\(queue)/private/\(StagedConfiguration.signInSocket)"
    let logPath = "\(queue)/public/postlog"
    signIn = try LocalService(path: signInPath, role: .greeting(Array(Self.handshake.utf8)))
    log = try LocalService(path: logPath, role: .collector)
    for path in [signInPath, logPath] {
      if let numbers = userNumbers(owner), chown(path, numbers.uid, numbers.gid) != 0 {
        throw SystemError("give \(path) to \(owner)", Errno(rawValue: errno))
      }
    }
  }

  /// What was logged so far.
  var lines: [String] {
    log.collected.flatMap { datagram in
      String(decoding: datagram, as: UTF8.self).split { $0 == "\n" || $0 == "\0" }.map(String.init)
    }
  }
}
