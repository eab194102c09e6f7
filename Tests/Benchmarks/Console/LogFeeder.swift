import Glibc
import HostSystem
import Synchronization

/// Appends whole SMTP sessions to a log, so many lines a second, on a thread of its own.
final class LogFeeder: Sendable {
  private let path: String
  private let rate: Int
  private let isStopping = Atomic(false)
  private let written = Atomic(0)
  private let thread = WorkerThread()

  /// - Parameter rate: lines a second.
  init(path: String, rate: Int) {
    self.path = path
    self.rate = rate
  }

  /// How many lines were written.
  var lines: Int { written.load(ordering: .relaxed) }

  func start() { thread.add { [self] in run() } }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    thread.stop()
  }

  private func run() {
    let descriptor = open(path, O_WRONLY | O_APPEND)
    defer { close(descriptor) }
    let begin = monotonicSeconds()
    while !isStopping.load(ordering: .relaxed) {
      let due = Int((monotonicSeconds() - begin) * Double(rate)) - lines
      guard due > 0 else {
        usleep(2000)
        continue
      }
      let block = Self.block(first: lines, lines: due)
      _ = write(descriptor, block, block.count)
      written.add(due, ordering: .relaxed)
    }
  }

  /// Lines of refused sessions of many clients, stamped with the present second.
  static func block(first: Int, lines: Int) -> [UInt8] {
    var moment = time(nil)
    var parts = tm()
    localtime_r(&moment, &parts)
    var stamp = [CChar](repeating: 0, count: 40)
    let length = strftime(&stamp, stamp.count, "%b %e %H:%M:%S mx postfix/smtpd[", &parts)
    let prefix = stamp[..<length].map { UInt8(bitPattern: $0) }
    var block: [UInt8] = []
    block.reserveCapacity(lines * 160)
    for number in first..<(first + lines) {
      let session = number / 3
      block += prefix
      block += "\(1000 + session % 900)]: \(text(number % 3, client: session % 50_000))\n".utf8
    }
    return block
  }

  private static func text(_ step: Int, client: Int) -> String {
    let address = "198.\(18 + client / 65536).\(client / 256 % 256).\(client % 256)"
    return switch step {
    case 0: "connect from unknown[\(address)]"
    case 1:
      "NOQUEUE: reject: RCPT from unknown[\(address)]: 504 5.5.2 <ylmf-pc>: Helo command rejected: "
        + "need fully-qualified hostname; from=<a@example.com> to=<b@example.org> proto=SMTP helo=<ylmf-pc>"
    default:
      "disconnect from unknown[\(address)] helo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
    }
  }
}
