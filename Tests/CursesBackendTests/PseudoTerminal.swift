import Glibc

/// A pseudo terminal of which the test holds both ends.
final class PseudoTerminal {
  let controller: Int32
  let terminal: Int32

  init?(columns: UInt16 = 80, rows: UInt16 = 24) {
    // TIOCSPTLCK and TIOCGPTPEER of <asm/ioctls.h>: macros that Swift does not import.
    var unlocked: Int32 = 0
    let opened = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard opened >= 0, ioctl(opened, 0x4004_5431, &unlocked) == 0 else { return nil }
    controller = opened
    terminal = ioctl(opened, 0x5441, O_RDWR | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    resize(columns: columns, rows: rows)
    _ = fcntl(controller, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(controller)
    close(terminal)
  }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(controller, bytes, bytes.count)
  }

  /// Everything that was written to the terminal since the last call.
  func output() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(controller, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }

  /// The terminal's modes, as bytes that can be compared.
  func modes() -> [UInt32] {
    var modes = termios()
    tcgetattr(terminal, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }
}
