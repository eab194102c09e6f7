/// Lists in the shapes that widespread mail servers ship; every corner of syntax in them is real.
enum PresetTexts {
  static let all = [
    standard, manual, debian, mailcow, dockerMailserver, mailInABox, iRedMail, modoboa, proxmox,
    mailu, yunoHost, ispConfig, debOps, ispMail, chatmail, yast, personal,
  ]

  static let standard = """
    smtpd_relay_restrictions = ${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}

    """

  static let manual = """
    smtpd_client_restrictions = permit_mynetworks, reject
    smtpd_helo_restrictions = reject_unknown_helo_hostname
    smtpd_sender_restrictions = reject_unknown_sender_domain
    smtpd_recipient_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        # comment lines stand here, inside the value
        reject_unauth_destination
        reject_rbl_client zen.spamhaus.org,
        reject_rhsbl_reverse_client dbl.spamhaus.org,
        reject_rhsbl_helo dbl.spamhaus.org,
        reject_rhsbl_sender dbl.spamhaus.org
    smtpd_relay_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        reject_unauth_destination
    smtpd_data_restrictions = reject_unauth_pipelining
    smtpd_end_of_data_restrictions = check_policy_service unix:private/policy

    """

  static let debian = """
    smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination

    """

  static let mailcow = """
    smtpd_helo_required = yes
    smtpd_relay_restrictions = permit_mynetworks,
      permit_sasl_authenticated,
      defer_unauth_destination
    smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch,
      permit_mynetworks,
      permit_sasl_authenticated,
      reject_unlisted_sender,
      reject_unknown_sender_domain
    smtpd_recipient_restrictions = check_recipient_mx_access proxy:mysql:/m,
      permit_sasl_authenticated,
      permit_mynetworks,
      check_recipient_access proxy:mysql:/m,
      reject_invalid_helo_hostname,
      reject_unauth_destination
    smtpd_data_restrictions = reject_unauth_pipelining, permit
    smtpd_hard_error_limit = ${stress?1}${stress:5}

    """

  static let dockerMailserver = """
    smtpd_helo_required = yes
    smtpd_delay_reject = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, permit
    smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
    smtpd_recipient_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_recipient_domain
    smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_sender_restrictions = $dms_smtpd_sender_restrictions
    dms_smtpd_sender_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unknown_sender_domain
    mua_sender_restrictions = reject_authenticated_sender_login_mismatch, $dms_smtpd_sender_restrictions
    smtpd_data_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_pipelining
    postscreen_dnsbl_sites =
        zen.spamhaus.org=127.0.0.[2..11]*3
        bl.mailspike.net=127.0.0.[2;14;13;12;11;10]
        b.barracudacentral.org*2
        bl.spameatingmonkey.net=127.0.0.2
        dnsbl.sorbs.net
        psbl.surriel.com
        list.dnswl.org=127.0.[0..255].0*-2
        list.dnswl.org=127.0.[0..255].1*-3
        list.dnswl.org=127.0.[0..255].[2..3]*-4
    postscreen_dnsbl_threshold = 3

    """

  static let mailInABox = """
    smtpd_relay_restrictions=permit_sasl_authenticated,permit_mynetworks,reject_unauth_destination
    smtpd_sender_restrictions=reject_non_fqdn_sender,reject_unknown_sender_domain,reject_authenticated_sender_login_mismatch,reject_rhsbl_sender dbl.spamhaus.org=127.0.1.[2..99]
    smtpd_recipient_restrictions=permit_sasl_authenticated,permit_mynetworks,reject_rbl_client zen.spamhaus.org=127.0.0.[2..11],reject_unlisted_recipient,check_policy_service inet:127.0.0.1:10023,check_policy_service inet:127.0.0.1:12340

    """

  static let iRedMail = """
    smtpd_helo_required = yes
    smtpd_reject_unlisted_recipient = yes
    smtpd_reject_unlisted_sender = yes
    smtpd_helo_restrictions =
        permit_mynetworks
        permit_sasl_authenticated
        check_helo_access pcre:/f
        reject_non_fqdn_helo_hostname
        reject_unknown_helo_hostname
    smtpd_sender_restrictions =
        reject_non_fqdn_sender
        reject_unlisted_sender
        permit_mynetworks
        permit_sasl_authenticated
        check_sender_access pcre:/f
        reject_unknown_sender_domain
    smtpd_recipient_restrictions =
        reject_non_fqdn_recipient
        reject_unlisted_recipient
        check_policy_service inet:127.0.0.1:7777
        permit_mynetworks
        permit_sasl_authenticated
        reject_unauth_destination
        check_policy_service inet:127.0.0.1:12340
    smtpd_end_of_data_restrictions = check_policy_service inet:127.0.0.1:7777
    smtpd_data_restrictions = reject_unauth_pipelining
    postscreen_dnsbl_sites =
        zen.spamhaus.org=127.0.0.[2..11]*3
        b.barracudacentral.org=127.0.0.2*2
    postscreen_dnsbl_threshold = 2

    """

  static let modoboa = """
    smtpd_helo_required = yes
    smtpd_data_restrictions = reject_unauth_pipelining
    smtpd_recipient_restrictions =
          check_policy_service inet:127.0.0.1:9999
          permit_mynetworks
          permit_sasl_authenticated
          check_recipient_access
              proxy:mysql:/maintain
              proxy:mysql:/verification
          reject_unverified_recipient
          reject_unauth_destination
          reject_non_fqdn_sender
          reject_non_fqdn_recipient
          reject_non_fqdn_helo_hostname

    """

  static let proxmox = """
    smtpd_helo_required = yes
    smtpd_helo_restrictions = permit_mynetworks reject_non_fqdn_helo_hostname reject_invalid_helo_hostname
    smtpd_sender_restrictions =
            permit_mynetworks
            reject_non_fqdn_sender
            check_client_access     cidr:/f
            check_sender_access     regexp:/f
            check_sender_access     hash:/f
            check_recipient_access  regexp:/f reject_unknown_client_hostname reject_unknown_sender_domain
    smtpd_recipient_restrictions =
            permit_mynetworks
            reject_unauth_destination
            reject_non_fqdn_recipient
            check_recipient_access  regexp:/f check_sender_access regexp:/f check_client_access cidr:/f check_policy_service inet:127.0.0.1:10022 reject_unknown_recipient_domain reject_unverified_recipient
    smtpd_data_restrictions = reject_unauth_pipelining

    """
}
