import Glibc
import HostSystem
import PostfixHost
import SystemPackage

/// A private directory with log files.
struct LogFolder {
  let directory: String

  init() throws {
    var template = Array("/tmp/postgate-logs-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SystemError("make a directory", Errno(rawValue: errno))
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  func write(_ name: String, _ text: String, append: Bool = false) throws {
    let descriptor = open(path(name), O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0o600)
    guard descriptor >= 0 else { throw SystemError("write \(name)", Errno(rawValue: errno)) }
    put(text, to: descriptor)
    close(descriptor)
  }

  /// Writes the whole text to an open descriptor.
  func put(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Packs a file in place with one of the system's programs; the packed file's path.
  @discardableResult
  func pack(_ name: String, with program: String) throws -> String {
    let suffixes = ["gzip": "gz", "xz": "xz", "zstd": "zst", "bzip2": "bz2"]
    let arguments = program == "zstd" ? ["-q", "--rm", path(name)] : [path(name)]
    guard try Command("/usr/bin/" + program, arguments).run().succeeded else {
      throw SystemError("run \(program)", .ioError)
    }
    return path(name) + "." + (suffixes[program] ?? "")
  }

  func setTime(_ name: String, _ seconds: Int64) {
    var times = [
      timeval(tv_sec: Int(seconds), tv_usec: 0), timeval(tv_sec: Int(seconds), tv_usec: 0),
    ]
    utimes(path(name), &times)
  }

  /// A reject line of the moment; no two are alike, as in real logs.
  func reject(at seconds: Int64) -> String {
    reject(at: seconds, stamp: "%Y-%m-%dT%H:%M:%S+00:00")
  }

  /// The same with a stamp that has no year.
  func traditionalReject(at seconds: Int64) -> String {
    reject(at: seconds, stamp: "%b %e %H:%M:%S")
  }

  private func reject(at seconds: Int64, stamp format: String) -> String {
    let number = UInt32.random(in: 1_000_000...9_999_999)
    var moment = time_t(seconds)
    var fields = tm()
    gmtime_r(&moment, &fields)
    var text = [CChar](repeating: 0, count: 40)
    strftime(&text, text.count, format, &fields)
    let stamp = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(stamp) mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 504 5.5.2 "
      + "<h\(number)>: Helo command rejected: need fully-qualified hostname; from=<> to=<r@x> "
      + "proto=SMTP helo=<h\(number)>\n"
  }

  func rejectNow() -> String { reject(at: wallClockMicroseconds() / 1_000_000) }

  func remove() {
    guard let stream = opendir(directory) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink(path(name))
    }
    closedir(stream)
    rmdir(directory)
  }
}
