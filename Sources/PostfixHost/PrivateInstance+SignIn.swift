import Glibc
import HostSystem
import SystemPackage

/// A Dovecot-style authentication server that offers PLAIN and lets nobody in.
///
/// smtpd dies when its SASL backend offers no mechanism, and before 3.11 honours a pretended login
/// only with a backend. With this stand-in signed-in clients can be judged on every version; the
/// real backend is not judged.
final class SignInStandIn {
  private let socket: AnsweringSocket

  /// The server's half of the handshake (Dovecot authentication protocol, version 1.1).
  private static let handshake =
    "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n"

  /// - Parameters:
  ///   - path: where smtpd looks for it.
  ///   - owner: the user that smtpd runs as.
  init(at path: String, owner: String) throws(SystemError) {
    socket = try AnsweringSocket(path: path, greeting: Array(Self.handshake.utf8))
    if let numbers = userNumbers(owner), chown(path, numbers.uid, numbers.gid) != 0 {
      throw SystemError("give \(path) to \(owner)", Errno(rawValue: errno))
    }
  }
}
