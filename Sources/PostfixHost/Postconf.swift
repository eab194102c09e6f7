import Glibc
import HostSystem
import PostfixConfig

/// Asks postconf(1), the authority on what a configuration means.
public struct Postconf: Hashable, Sendable {
  /// Absolute path of the program.
  public var executable: String
  /// Seconds that one question may take; a main.cf that has just changed makes postconf wait
  /// up to 2.5 s by itself.
  public var timeout = 15.0

  private static let places = [
    "/usr/sbin/postconf", "/usr/local/sbin/postconf", "/opt/postfix/sbin/postconf",
    "/sbin/postconf",
  ]

  /// Finds the installed postconf.
  ///
  /// - Throws: ``InstanceError`` of kind `notInstalled`.
  public init() throws(InstanceError) {
    let found = Self.places.first { path in
      guard let status = try? FileStatus(of: path) else { return false }
      return status.kind == .regular && status.mode & 0o111 != 0
    }
    guard let found else {
      throw InstanceError(
        .notInstalled, "Postfix is not installed: there is no postconf program",
        remedy: "install it (apt install postfix)")
    }
    executable = found
  }

  /// The configuration directory that is compiled in (`postconf -d config_directory`).
  ///
  /// - Throws: ``InstanceError`` when postconf fails.
  public func standardDirectory() throws(InstanceError) -> String {
    try ask(["-d", "-h", "config_directory"]).filter { $0 != "\n" }
  }

  /// Expanded values of parameters as main.cf, with the given overrides, has them.
  ///
  /// - Parameter overrides: `name=value` as after `-o`; these come before main.cf.
  /// - Returns: by name; a name that Postfix does not know is missing.
  /// - Throws: ``InstanceError`` with postconf's own words, for a line without `=` or a `$` loop.
  public func values(
    of names: [String], in directory: String, overrides: [String] = []
  ) throws(InstanceError) -> [String: String] {
    let options = overrides.flatMap { ["-o", $0] }
    return Self.parse(try ask(["-x"] + options + names, about: directory))
  }

  /// Default values of all parameters (`postconf -d`), unexpanded.
  ///
  /// They depend on the version and on the services of master.cf.
  ///
  /// - Throws: ``InstanceError`` when postconf fails.
  public func defaults(in directory: String) throws(InstanceError) -> [String: String] {
    Self.parse(try ask(["-d"], about: directory))
  }

  /// The table types that this Postfix can open (`postconf -m`).
  ///
  /// - Throws: ``InstanceError`` when postconf fails.
  public func tableTypes(in directory: String) throws(InstanceError) -> Set<String> {
    let text: String
    do {
      text = try settledTableTypes(in: directory) ?? ask(["-m"], about: directory)
    } catch {
      // A main.cf that cannot be read is to be mended with our help, so something else must do.
      text = try Self.inPrivateDirectory(main: []) { (empty: String) throws(InstanceError) in
        try ask(["-m"], about: empty)
      }
    }
    return Set(text.split(separator: "\n").map(String.init))
  }

  /// Asks of a copy while main.cf is so young that postconf would wait, and go on waiting as long as
  /// others edit the file; nil when it is not, or when this user can make no copy.
  private func settledTableTypes(in directory: String) -> String? {
    guard let main = try? readFile(directory + "/main.cf"),
      main.status.modified > (wallClockMicroseconds() - 3_000_000) * 1000
    else { return nil }
    return try? Self.inPrivateDirectory(main: main.bytes) { (copy: String) throws(InstanceError) in
      try ask(["-m"], about: copy)
    }
  }

  /// Runs `body` with a directory of our own that holds this main.cf and an empty master.cf.
  private static func inPrivateDirectory(
    main: [UInt8], _ body: (String) throws(InstanceError) -> String
  ) throws(InstanceError) -> String {
    let path: String
    do {
      // Never in a directory that others share; an ordinary user has none of this kind.
      path = try StateDirectory().stagingDirectory() + "/" + stagedName("postconf")
      try makePrivateDirectory(path)
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "run postgate as root (sudo postgate)")
    }
    defer { try? removeTree(path) }
    do {
      try writeAgedFile(path + "/main.cf", main)
      try writeAgedFile(path + "/master.cf", [])
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "make room there")
    }
    return try body(path)
  }

  /// The entries of master.cf as postconf reads them.
  ///
  /// - Throws: ``InstanceError`` with postconf's own words for a bad entry.
  public func services(in directory: String) throws(InstanceError) -> [MasterService] {
    try ask(["-M"], about: directory).split(separator: "\n").compactMap {
      MasterService(String($0))
    }
  }

  /// Asks about a configuration directory, which others must not control: as root postconf, like each
  /// of Postfix's programs, uses what the files there name.
  private func ask(
    _ arguments: [String], about directory: String
  ) throws(InstanceError) -> String {
    try Instance(configurationDirectory: directory).requireTrusted()
    return try ask(["-c", directory] + arguments)
  }

  private func ask(_ arguments: [String]) throws(InstanceError) -> String {
    let command = Command(executable, arguments, timeout: timeout)
    let result: CommandResult
    do {
      result = try command.run()
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "check the Postfix installation")
    }
    guard result.succeeded else {
      let fatal = result.errorText.split(separator: "\n").last { $0.contains("fatal") }
      let words = fatal.map(String.init) ?? "\(result.ending)"
      throw InstanceError(
        .failed, "\(command.shellQuoted) failed: \(words)", remedy: "mend what it names")
    }
    return result.outputText
  }

  private static func parse(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let name = line[..<equals].filter { $0 != " " }
      values[name] = String(line[line.index(after: equals)...].drop { $0 == " " })
    }
    return values
  }
}

/// One entry of master.cf in the order of its fields.
public struct MasterService: Hashable, Sendable {
  /// Name and type of the entry.
  public var id: ServiceID
  /// The chroot column: `y`, `n` or `-`.
  public var chroot: String
  /// The program's name: `smtpd`.
  public var command: String
  /// Its arguments, braces taken off: `-o`, `name=value`, …
  public var arguments: [String]

  /// Reads one line of `postconf -M`; nil when it has too few fields.
  init?(_ line: String) {
    let words = Self.words(line)
    guard words.count >= 8 else { return nil }
    id = ServiceID(name: words[0], type: words[1])
    chroot = words[4]
    command = words[7]
    arguments = Array(words[8...])
  }

  /// The `-o name=value` overrides in order.
  public var overrides: [String] {
    arguments.indices.compactMap { index in
      if arguments[index] == "-o" {
        return index + 1 < arguments.count ? Self.compact(arguments[index + 1]) : nil
      }
      return arguments[index].hasPrefix("-o")
        ? Self.compact(String(arguments[index].dropFirst(2))) : nil
    }
  }

  /// `name = value` without the blanks around `=`.
  private static func compact(_ text: String) -> String {
    guard let equals = text.firstIndex(of: "=") else { return text }
    let name = text[..<equals].filter { !$0.isWhitespace }
    return name + "=" + text[text.index(after: equals)...].drop { $0.isWhitespace }
  }

  /// Splits at blanks; `{ … }` keeps its blanks and loses its braces (master(5)).
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var depth = 0
    for character in line {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character.isWhitespace && depth <= 0 {
        if !word.isEmpty { words.append(unbraced(word)) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(unbraced(word)) }
    return words
  }

  private static func unbraced(_ word: String) -> String {
    guard word.hasPrefix("{"), word.hasSuffix("}") else { return word }
    var inner = word.dropFirst().dropLast()
    while inner.first?.isWhitespace == true { inner.removeFirst() }
    while inner.last?.isWhitespace == true { inner.removeLast() }
    return String(inner)
  }
}
