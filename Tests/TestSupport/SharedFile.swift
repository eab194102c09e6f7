import Glibc

/// A file of the data that may stand beside the checkout; nil when it does not.
public func sharedFile(_ path: String) -> [UInt8]? {
  for root in ["../shared/", "../../shared/"] {
    let descriptor = open(root + path, O_RDONLY)
    guard descriptor >= 0 else { continue }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &block, block.count)
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }
  return nil
}
