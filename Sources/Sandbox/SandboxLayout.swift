import Glibc

/// Where the things of one sandbox lie, all below one directory.
struct SandboxLayout: Sendable {
  /// A user and a group by their numbers.
  struct Owner: Hashable, Sendable {
    var user: uid_t
    var group: gid_t
  }

  let directory: String

  var configuration: String { directory + "/config" }
  var queue: String { directory + "/queue" }
  var data: String { directory + "/data" }
  var log: String { directory + "/log" }
  var mail: String { directory + "/mail" }
  var mainCF: String { configuration + "/main.cf" }
  var masterCF: String { configuration + "/master.cf" }
  var mailboxTable: String { configuration + "/mailboxes" }
  var logFile: String { log + "/mail.log" }
  var stateFile: String { directory + "/state" }
  var dnsConfiguration: String { directory + "/dns.conf" }
  var dnsPIDFile: String { directory + "/dns.pid" }
  var masterPIDFile: String { queue + "/pid/master.pid" }

  /// Who owns the delivered mail: a user without rights.
  var mailOwner: Owner { Owner(user: 65534, group: 65534) }

  /// Checks that Postfix's unprivileged processes can reach the directory and that nobody but root
  /// can change what lies in it, then makes it and all below it.
  ///
  /// - Parameter postfix: the owner of the data directory (`mail_owner`).
  func prepare(postfix: Owner) throws(SandboxError) {
    try requireOurs()
    try SandboxFiles.makeDirectory(directory, mode: 0o755)
    for path in [configuration, queue, log, queue + "/etc"] {
      try SandboxFiles.makeDirectory(path, mode: 0o755)
    }
    try SandboxFiles.makeDirectory(
      data, mode: 0o700, owner: postfix.user, group: postfix.group)
    try SandboxFiles.makeDirectory(
      mail, mode: 0o700, owner: mailOwner.user, group: mailOwner.group)
  }

  /// Refuses a directory that holds anything but a sandbox: what is cleared and removed is all of it.
  func requireOurs() throws(SandboxError) {
    try checkParents()
    guard !SandboxFiles.entries(directory).isEmpty else { return }
    let state = try SandboxFiles.read(stateFile) ?? []
    guard String(decoding: state, as: UTF8.self).hasPrefix("smtp_port ") else {
      throw .unsuitable(
        directory: directory, reason: "it holds other things; name a directory that does not exist")
    }
  }

  /// Gives a chrooted smtpd what the resolver reads there.
  func fillChroot(nameserver: String) throws(SandboxError) {
    let etc = queue + "/etc/"
    try SandboxFiles.write("nameserver \(nameserver)\n".utf8, to: etc + "resolv.conf")
    try SandboxFiles.write("hosts: files dns\n".utf8, to: etc + "nsswitch.conf")
    try SandboxFiles.write("127.0.0.1 localhost\n".utf8, to: etc + "hosts")
    if let services = try SandboxFiles.read("/etc/services") {
      try SandboxFiles.write(services, to: etc + "services")
    }
    for folder in ["/lib", "/lib64", "/usr/lib64"] + Self.multiarchFolders() {
      for name in ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"] {
        try copyLibrary(folder, name)
      }
    }
  }

  /// The folders in which Debian keeps the libraries of an architecture.
  private static func multiarchFolders() -> [String] {
    SandboxFiles.entries("/lib").filter { $0.hasSuffix("-linux-gnu") }.map { "/lib/" + $0 }
  }

  private func copyLibrary(_ folder: String, _ name: String) throws(SandboxError) {
    guard let resolved = realpath(folder + "/" + name, nil) else { return }
    defer { free(resolved) }
    guard let bytes = try SandboxFiles.read(String(cString: resolved)) else { return }
    var path = queue
    for part in folder.split(separator: "/") {
      path += "/" + part
      try SandboxFiles.makeDirectory(path, mode: 0o755)
    }
    try SandboxFiles.write(bytes, to: path + "/" + name)
  }

  private func checkParents() throws(SandboxError) {
    func refuse(_ reason: String) -> SandboxError {
      .unsuitable(directory: directory, reason: reason)
    }
    let safe = directory.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_-./".utf8.contains(byte)
    }
    guard directory.hasPrefix("/"), safe, !directory.hasSuffix("/"), directory.utf8.count <= 80
    else {
      throw refuse(
        "the path must be absolute, at most 80 bytes of letters, digits, dots, - and _")
    }
    var path = ""
    for part in directory.split(separator: "/").dropLast() {
      path += "/" + part
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw refuse("\(path) is not a directory (a symbolic link is not followed)")
      }
      guard status.st_uid == 0, status.st_mode & 0o022 == 0 else {
        throw refuse("\(path) can be written by others than root")
      }
      guard status.st_mode & 0o001 != 0 else {
        throw refuse("Postfix cannot pass through \(path); run: chmod o+x \(path)")
      }
    }
  }
}
