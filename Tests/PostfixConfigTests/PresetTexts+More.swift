extension PresetTexts {
  static let mailu = """
    smtpd_helo_required = yes
    smtpd_delay_reject = yes
    podop = socketmap:unix:/tmp/podop.socket:
    check_ratelimit = check_sasl_access ${podop}senderrate
    smtpd_client_restrictions =
      permit_mynetworks,
      check_sender_access ${podop}senderaccess,
      reject_non_fqdn_sender,
      reject_unknown_sender_domain,
      reject_unknown_recipient_domain,
      $check_ratelimit,
      permit
    smtpd_relay_restrictions =
      permit_mynetworks,
      permit_sasl_authenticated,
      reject_unauth_destination

    """

  static let yunoHost = """
    smtpd_helo_required = yes
    smtpd_client_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        reject_rbl_client bl.spamcop.net,
        reject_rbl_client cbl.abuseat.org,
        reject_rbl_client zen.spamhaus.org,
        permit
    smtpd_helo_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_hostname,
        reject_invalid_hostname,
        permit
    smtpd_sender_restrictions = reject_sender_login_mismatch,
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_sender,
        reject_unknown_sender_domain,
        permit
    smtpd_recipient_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_recipient,
        reject_unknown_recipient_domain,
        reject_unauth_destination,
        permit

    """

  static let ispConfig = """
    smtpd_helo_required = yes
    smtpd_restriction_classes = greylisting
    greylisting = check_policy_service inet:127.0.0.1:10023
    smtpd_helo_restrictions = permit_sasl_authenticated, permit_mynetworks, check_helo_access regexp:/f, reject_non_fqdn_helo_hostname, reject_invalid_helo_hostname, reject_unknown_helo_hostname, check_helo_access regexp:/f
    smtpd_sender_restrictions = check_sender_access regexp:/f, permit_mynetworks, permit_sasl_authenticated, check_sender_access mysql:/m, check_sender_access regexp:/f
    smtpd_client_restrictions = check_client_access mysql:/m
    smtpd_recipient_restrictions = permit_mynetworks, reject_unknown_recipient_domain, check_recipient_access proxy:mysql:/m, permit_sasl_authenticated, reject_non_fqdn_recipient, reject_unauth_destination, check_recipient_access proxy:mysql:/m, reject_rbl_client zen.spamhaus.org, greylisting, check_policy_service unix:private/quota-status
    smtpd_etrn_restrictions = permit_mynetworks, reject
    smtpd_data_restrictions = reject_unauth_pipelining, reject_multi_recipient_bounce, permit

    """

  static let debOps = """
    smtpd_helo_required = yes
    strict_rfc821_envelopes = yes
    smtpd_reject_unlisted_sender = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname
    smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain, permit_mynetworks
    smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination
    smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unknown_recipient_domain
    smtpd_data_restrictions = reject_unauth_pipelining, reject_multi_recipient_bounce

    """

  static let ispMail = """
    smtpd_recipient_restrictions = reject_unauth_destination check_policy_service unix:private/quota-status

    """

  static let chatmail = """
    smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
    mua_client_restrictions = permit_sasl_authenticated, reject
    mua_sender_restrictions = reject_sender_login_mismatch, permit_sasl_authenticated, reject
    mua_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, permit
    smtpd_peername_lookup = no

    """

  static let yast = """
    smtpd_helo_required = yes
    strict_rfc821_envelopes = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_hostname
    smtpd_client_restrictions = permit_mynetworks, reject_rbl_client zen.spamhaus.org, ldap:/l, reject_unknown_client
    smtpd_recipient_restrictions = permit_sasl_authenticated, permit_auth_destination, permit_mynetworks, reject_unauth_destination, reject

    """

  static let personal = """
    smtpd_helo_required = yes
    smtpd_recipient_restrictions =
       permit_mynetworks, permit_sasl_authenticated,
       permit_dnswl_client list.dnswl.org=127.0.[2..14].[2..3],
       reject_invalid_helo_hostname,
       warn_if_reject reject_unknown_helo_hostname,
       warn_if_reject reject_non_fqdn_helo_hostname,
       reject_unknown_reverse_client_hostname,
       check_reverse_client_hostname_access pcre:/f,
       check_helo_access hash:/f,
       check_sender_access hash:/f,
       reject_rbl_client zen.spamhaus.org=127.0.0.[2..255],
       reject_rhsbl_client dbl.spamhaus.org=127.0.1.[2..99],
       reject_rhsbl_sender dbl.spamhaus.org=127.0.1.[2..99],
       reject_rhsbl_helo dbl.spamhaus.org=127.0.1.[2..99],
       permit
    smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_data_restrictions = reject_unauth_pipelining

    """
}
