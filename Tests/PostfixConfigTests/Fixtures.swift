import PostfixConfig

/// Defaults that the tests hand in as `postconf -d` would.
let testDefaults: [String: String] = [
  "syslog_name": "${multi_instance_name?{$multi_instance_name}:{postfix}}",
  "multi_instance_name": "",
  "compatibility_level": "0",
  "smtpd_client_restrictions": "", "smtpd_helo_restrictions": "", "smtpd_sender_restrictions": "",
  "smtpd_recipient_restrictions": "", "smtpd_data_restrictions": "",
  "smtpd_end_of_data_restrictions": "", "smtpd_etrn_restrictions": "",
  "smtpd_relay_restrictions":
    "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}",
  "smtpd_relay_before_recipient_restrictions": "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
  "smtpd_restriction_classes": "",
  "smtpd_helo_required": "no", "smtpd_delay_reject": "yes", "disable_vrfy_command": "no",
  "unknown_hostname_reject_code": "450", "unknown_address_reject_code": "450",
  "unverified_sender_reject_code": "450", "smtpd_timeout": "${stress?{10}:{300}}s",
  "message_size_limit": "10240000", "mynetworks": "127.0.0.0/8", "smtpd_hard_error_limit": "20",
  "smtpd_tls_security_level": "", "smtpd_sasl_auth_enable": "no", "mydestination": "$myhostname",
  "smtpd_client_connection_count_limit": "50", "smtpd_reject_unlisted_recipient": "yes",
]

let smtpOnly = "smtp inet n - y - - smtpd\n"

/// A configuration made of texts.
func configuration(_ main: String, master: String = smtpOnly) -> Configuration {
  Configuration(
    main: MainCF(Array(main.utf8)), master: MasterCF(Array(master.utf8)),
    environment: PostfixEnvironment(
      version: PostfixVersion(major: 3, minor: 7, patch: 11), defaults: testDefaults,
      tableTypes: ["hash", "cidr", "regexp", "texthash", "static", "inline", "proxy", "unix", "pcre"]))
}

extension Configuration {
  /// main.cf as text.
  var mainText: String { String(decoding: main.bytes, as: UTF8.self) }
  /// master.cf as text.
  var masterText: String { String(decoding: master.bytes, as: UTF8.self) }

  /// The restriction of that name in the first service.
  func restriction(_ name: String, service: Int = 0) -> Restriction? {
    policy().services[service].lists.flatMap(\.restrictions).first { $0.name == name }
  }
}

/// The tutorial's lists.
let tutorial = """
  compatibility_level = 3.6
  smtpd_helo_required = yes
  mua_client_restrictions =
      permit_mynetworks,
      permit_sasl_authenticated,
      permit
  mua_helo_restrictions =
      permit_mynetworks,
      permit_sasl_authenticated,
      reject_invalid_helo_hostname,
      # an admin's remark
      reject_non_fqdn_helo_hostname,
      permit
  smtpd_client_restrictions = $mua_client_restrictions
  smtpd_helo_restrictions = $mua_helo_restrictions

  """
