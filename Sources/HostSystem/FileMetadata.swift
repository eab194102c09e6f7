import CHostSystem
import Glibc
import SystemPackage

/// Owner, group, mode and extended attributes of a file; its ACL is one of these attributes.
public struct FileMetadata: Hashable, Sendable {
  /// Number of the user that owns it.
  public var owner: UInt32
  /// Number of its group.
  public var group: UInt32
  /// Permission bits.
  public var mode: UInt32
  /// Extended attributes by name, `system.posix_acl_access` included (acl(5)).
  public var attributes: [String: [UInt8]]

  /// Metadata of a new file.
  public init(owner: UInt32, group: UInt32, mode: UInt32, attributes: [String: [UInt8]] = [:]) {
    self.owner = owner
    self.group = group
    self.mode = mode
    self.attributes = attributes
  }

  /// Reads the metadata of an open file.
  ///
  /// - Throws: ``SystemError`` when an attribute cannot be read.
  public init(of file: borrowing OpenFile) throws(SystemError) {
    let status = try file.status()
    self.init(
      owner: status.owner, group: status.group, mode: status.mode,
      attributes: try Self.attributes(of: file))
  }

  /// Gives `file` this owner, group, mode and exactly these attributes.
  ///
  /// - Throws: ``SystemError`` naming what could not be kept.
  public func apply(to file: borrowing OpenFile) throws(SystemError) {
    let present = try file.status()
    if present.owner != owner || present.group != group {
      guard fchown(file.descriptor, owner, group) == 0 else {
        throw file.failure("keep owner \(owner) and group \(group) of")
      }
    }
    guard fchmod(file.descriptor, mode) == 0 else { throw file.failure("keep the mode of") }
    let inherited = try Self.attributes(of: file)
    for name in inherited.keys where attributes[name] == nil {
      // A security label that the kernel insists on is no reason to refuse.
      if fremovexattr(file.descriptor, name) != 0 && !name.hasPrefix("security.") {
        throw file.failure("remove the inherited attribute \(name) of")
      }
    }
    for (name, value) in attributes where inherited[name] != value {
      guard fsetxattr(file.descriptor, name, value, value.count, 0) == 0 else {
        throw file.failure("keep the extended attribute \(name) of")
      }
    }
  }

  private static func attributes(
    of file: borrowing OpenFile
  ) throws(SystemError) -> [String: [UInt8]] {
    var names = [CChar](repeating: 0, count: 65536)  // XATTR_LIST_MAX
    let length = flistxattr(file.descriptor, &names, names.count)
    if length < 0 && errno == EOPNOTSUPP { return [:] }
    guard length >= 0 else { throw file.failure("list the extended attributes of") }
    var found: [String: [UInt8]] = [:]
    for part in names[..<length].split(separator: 0) {
      let name = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      var value = [UInt8](repeating: 0, count: 65536)  // XATTR_SIZE_MAX
      let count = fgetxattr(file.descriptor, name, &value, value.count)
      guard count >= 0 else { throw file.failure("read the extended attribute \(name) of") }
      found[name] = Array(value[..<count])
    }
    return found
  }
}
