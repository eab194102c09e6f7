import Glibc
import HostSystem
import PostfixConfig
import SystemPackage

/// Where an instance keeps its things and how it names itself, as Postfix says.
public struct InstanceLayout: Hashable, Sendable {
  /// Expanded values by parameter name.
  public var values: [String: String]
  /// The entries of master.cf.
  public var services: [MasterService]

  /// `queue_directory`.
  public var queueDirectory: String { self["queue_directory"] }
  /// `data_directory`.
  public var dataDirectory: String { self["data_directory"] }
  /// `daemon_directory`, where master and smtpd lie.
  public var daemonDirectory: String { self["daemon_directory"] }
  /// `command_directory`, where postfix(1) lies.
  public var commandDirectory: String { self["command_directory"] }
  /// `mail_owner`, the user that the daemons run as.
  public var mailOwner: String { self["mail_owner"] }
  /// `syslog_name`, in front of the program names in the log.
  public var syslogName: String { self["syslog_name"] }
  /// `myhostname`.
  public var hostname: String { self["myhostname"] }
  /// `maillog_file`, nil when Postfix logs through syslog.
  public var maillogFile: String? { self["maillog_file"].isEmpty ? nil : self["maillog_file"] }

  /// The entries that run smtpd.
  public var smtpdServices: [MasterService] { services.filter { $0.command == "smtpd" } }

  /// The value of one of the parameters that were asked for, empty when unknown.
  public subscript(name: String) -> String { values[name] ?? "" }

  static let asked = [
    "queue_directory", "data_directory", "daemon_directory", "command_directory", "mail_owner",
    "setgid_group", "syslog_name", "myhostname", "mydomain", "maillog_file", "inet_interfaces",
    "inet_protocols", "mynetworks", "mydestination", "relay_domains", "virtual_mailbox_domains",
    "virtual_alias_domains", "smtpd_sasl_auth_enable", "smtpd_restriction_classes",
    "smtpd_milters", "smtpd_milter_maps", "smtpd_upstream_proxy_protocol", "smtpd_tls_wrappermode",
    "postscreen_greet_wait",
  ]
}

extension Instance {
  /// Asks Postfix where its things lie.
  ///
  /// Takes up to 2.5 s when main.cf was written within the last second (every reader waits for it
  /// to cool down), else some 20 ms.
  ///
  /// - Throws: ``InstanceError`` with postconf's own words when it cannot read the configuration.
  public func layout() throws(InstanceError) -> InstanceLayout {
    let postconf = try Postconf()
    return InstanceLayout(
      values: try postconf.values(of: InstanceLayout.asked, in: configurationDirectory),
      services: try postconf.services(in: configurationDirectory))
  }

  /// Asks Postfix where this instance with that configuration would keep its things.
  ///
  /// Asked of a copy, so that nobody waits for a main.cf that has just changed.
  ///
  /// - Parameter directory: where to stage a copy for the asking; 0700 and ours.
  /// - Throws: ``InstanceError`` with postconf's own words when it cannot read the configuration.
  public func layout(
    of configuration: Configuration, below directory: String
  ) throws(InstanceError) -> InstanceLayout {
    let copy = Instance(configurationDirectory: directory + "/" + stagedName("layout"))
    do {
      try removeTree(copy.configurationDirectory)
      try makePrivateDirectory(copy.configurationDirectory)
      try writeAgedFile(copy.mainCF, configuration.main.bytes)
      try writeAgedFile(copy.masterCF, configuration.master.bytes)
    } catch {
      throw InstanceError(.failed, "\(error)", remedy: "check the state directory")
    }
    // What stays behind is removed when the next private instance is staged.
    defer { try? removeTree(copy.configurationDirectory) }
    var layout = try copy.layout()
    layout.values = layout.values.mapValues { value in
      replacing(copy.configurationDirectory, by: configurationDirectory, in: value)
    }
    return layout
  }
}
