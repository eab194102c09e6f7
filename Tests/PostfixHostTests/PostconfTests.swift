import Glibc
import HostSystem
import PostfixConfig
import PostfixHost
import Testing

@Suite(.enabled(if: (try? Postconf()) != nil, "SKIPPED: needs an installed Postfix"))
struct PostconfTests {
  /// A configuration directory that no running Postfix uses.
  private final class Directory {
    let instance: Instance

    init(main: String, master: String = "") throws {
      var template = Array("/tmp/postgate-conf-XXXXXX".utf8CString)
      let path = try #require(mkdtemp(&template).map { String(cString: $0) })
      instance = Instance(configurationDirectory: path)
      for (name, text) in [("main.cf", main), ("master.cf", master)] {
        let file = try OpenFile("\(path)/\(name)", O_CREAT | O_WRONLY, mode: 0o644)
        try file.writeAll(Array(text.utf8))
        let old = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
        #expect(futimens(file.descriptor, [old, old]) == 0)
      }
    }

    deinit { try? removeTree(instance.configurationDirectory) }
  }

  @Test func loadsBytesVersionAndDefaults() throws {
    let directory = try Directory(main: "myhostname = mx.example.org\n")
    let snapshot = try directory.instance.loadConfiguration()
    #expect(snapshot.configuration.main.bytes == Array("myhostname = mx.example.org\n".utf8))
    let environment = snapshot.configuration.environment
    #expect(environment.version.major >= 3)
    #expect(environment.defaults["smtpd_helo_required"] == "no")
    #expect(environment.tableTypes.contains("cidr"))
    #expect(try directory.instance.loadConfiguration() == snapshot)
  }

  /// `postconf -d` tells the compiled-in directory whatever it is asked of; `postconf -x` does not.
  @Test func theDirectoryOfAnInstanceIsItsOwn() throws {
    let directory = try Directory(
      main: "smtpd_client_restrictions = check_client_access hash:$config_directory/clients\n")
    let name = "smtpd_client_restrictions"
    let path = directory.instance.configurationDirectory
    let expected = "check_client_access hash:\(path)/clients"
    let configuration = try directory.instance.loadConfiguration().configuration
    #expect(configuration.value(of: name) == expected)
    #expect(try directory.instance.provisionalConfiguration().value(of: name) == expected)
    #expect(try Postconf().values(of: [name], in: path)[name] == expected)
  }

  @Test func asksForPlacesAndServices() throws {
    let directory = try Directory(
      main: "myhostname = mx.example.org\nmaillog_file = /var/log/x\n",
      master: """
        smtp inet n - y - - smtpd
        587 inet n - n - - smtpd
          -o syslog_name=postfix/submission
          -o { smtpd_client_restrictions = permit_mynetworks, reject }

        """)
    let layout = try directory.instance.layout()
    #expect(layout.hostname == "mx.example.org" && layout.maillogFile == "/var/log/x")
    #expect(layout.smtpdServices.map(\.id.description) == ["smtp/inet", "587/inet"])
    #expect(layout.smtpdServices.map(\.chroot) == ["y", "n"])
    #expect(
      layout.smtpdServices[1].overrides == [
        "syslog_name=postfix/submission",
        "smtpd_client_restrictions=permit_mynetworks, reject",
      ])
  }

  @Test func saysPlainlyWhatIsMissing() throws {
    #expect {
      try Instance.discover("/nowhere/postfix")
    } throws: { error in
      (error as? InstanceError)?.kind == .notConfigured && "\(error)".contains("sandbox")
    }
    #expect(throws: InstanceError.self) { try Instance.discover("relative") }
    let broken = try Directory(main: "no equals sign here\n")
    #expect {
      try broken.instance.layout()
    } throws: {
      "\($0)".contains("missing '='")
    }
  }

  @Test func tellsTablesApart() throws {
    let directory = try Directory(main: "")
    let path = directory.instance.configurationDirectory
    for (name, time) in [("a", 2000), ("a.db", 3000), ("b", 2000), ("c", 3000), ("c.db", 2000)] {
      let file = try OpenFile("\(path)/\(name)", O_CREAT | O_WRONLY, mode: 0o644)
      let stamp = timespec(tv_sec: time, tv_nsec: 0)
      #expect(futimens(file.descriptor, [stamp, stamp]) == 0)
    }
    let expected: [TableReference: TableStatus] = [
      .init(type: "hash", name: path + "/a"): .present,
      .init(type: "hash", name: path + "/b"): .indexMissing,
      .init(type: "hash", name: path + "/c"): .indexStale,
      .init(type: "hash", name: path + "/d"): .sourceMissing,
      .init(type: "cidr", name: path + "/a"): .present,
      .init(type: "cidr", name: path + "/d"): .sourceMissing,
      .init(type: "static", name: "OK"): .unknown,
    ]
    #expect(directory.instance.tableStatuses(of: Array(expected.keys)) == expected)
  }
}
