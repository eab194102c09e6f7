import HostSystem
import PostfixConfig

extension Instance {
  /// Reads both files without asking Postfix anything.
  ///
  /// For the first screen, which must not wait: postconf takes up to 2.5 s on a main.cf that has
  /// just changed. Lists, arguments and places are right; defaults other than those of the lists, the
  /// version and the table types are not known yet, so nothing may be judged or written by it.
  ///
  /// - Throws: ``InstanceError`` when a file cannot be read.
  public func provisionalConfiguration() throws(InstanceError) -> Configuration {
    var environment = PostfixEnvironment.provisional
    environment.defaults["config_directory"] = configurationDirectory
    return Configuration(
      main: MainCF(try contents(of: .main).bytes),
      master: MasterCF(try contents(of: .master).bytes), environment: environment)
  }
}

extension PostfixEnvironment {
  /// What can be said of every Postfix since 3.5 before the installed one was asked.
  fileprivate static let provisional = PostfixEnvironment(
    version: PostfixVersion(major: 3, minor: 5),
    defaults: [
      "smtpd_client_restrictions": "", "smtpd_helo_restrictions": "",
      "smtpd_sender_restrictions": "", "smtpd_recipient_restrictions": "",
      "smtpd_data_restrictions": "", "smtpd_end_of_data_restrictions": "",
      "smtpd_etrn_restrictions": "", "smtpd_restriction_classes": "", "syslog_name": "postfix",
      "smtpd_relay_restrictions":
        "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
    ],
    tableTypes: [])
}
