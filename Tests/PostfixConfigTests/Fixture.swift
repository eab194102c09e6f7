@testable import PostfixConfig

/// Configurations for the tests, with the defaults of Postfix 3.7 that matter here.
enum Fixture {
  static let environment = PostfixEnvironment(
    version: PostfixVersion(major: 3, minor: 7, patch: 11),
    defaults: [
      "smtpd_client_restrictions": "", "smtpd_helo_restrictions": "",
      "smtpd_sender_restrictions": "", "smtpd_recipient_restrictions": "",
      "smtpd_data_restrictions": "", "smtpd_end_of_data_restrictions": "",
      "smtpd_etrn_restrictions": "", "compatibility_level": "3.6",
      "smtpd_relay_restrictions":
        "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}",
      "syslog_name": "${multi_instance_name?{$multi_instance_name}:{postfix}}",
      "multi_instance_name": "", "smtpd_delay_reject": "yes", "smtpd_helo_required": "no",
      "smtputf8_enable": "${{$compatibility_level} <level {1} ? {no} : {yes}}",
      "ipc_timeout": "3600s", "lmdb_map_size": "16777216",
    ],
    tableTypes: ["hash", "cidr", "regexp", "pcre", "proxy", "static", "mysql", "texthash"])

  static let master = """
    smtp      inet  n       -       y       -       -       smtpd
    submission inet n       -       y       -       -       smtpd
      -o syslog_name=postfix/submission
      -o smtpd_client_restrictions=permit_sasl_authenticated,reject
      -o { smtpd_helo_restrictions = $mua_helo_restrictions }

    """

  static let tutorial = """
    # own settings
    smtpd_helo_required = yes
    mua_helo_restrictions =
        permit_mynetworks,
        # our own hosts come first
        permit_sasl_authenticated,
        reject_invalid_helo_hostname,
        reject_non_fqdn_helo_hostname,
        permit
    smtpd_helo_restrictions = $mua_helo_restrictions
    smtpd_sender_restrictions = permit_mynetworks, reject_non_fqdn_sender, reject_unknown_sender_domain

    """

  static func configuration(_ main: String, master: String = master) -> Configuration {
    Configuration(
      main: MainCF(Array(main.utf8)), master: MasterCF(Array(master.utf8)),
      environment: environment)
  }
}

extension Configuration {
  var mainText: String { String(decoding: main.bytes, as: UTF8.self) }
  var masterText: String { String(decoding: master.bytes, as: UTF8.self) }

  func list(_ stage: Stage, of service: String = "smtp/inet") -> RestrictionList? {
    policy().services.first { $0.service.description == service }?.lists.first {
      $0.stage == stage
    }
  }

  func codes() -> Set<String> { Set(findings().map(\.code)) }
}
