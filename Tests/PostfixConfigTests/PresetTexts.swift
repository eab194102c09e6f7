/// Lists in the shapes that widespread mail servers ship; every corner of syntax in them is real.
enum PresetTexts {
  static let manual = """
    smtpd_client_restrictions = permit_mynetworks, reject
    smtpd_recipient_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        # a note inside of the value
        reject_unauth_destination
        reject_rbl_client zen.spamhaus.org,
        reject_rhsbl_reverse_client dbl.spamhaus.org,
        reject_rhsbl_sender dbl.spamhaus.org
    smtpd_data_restrictions = reject_unauth_pipelining
    smtpd_end_of_data_restrictions = check_policy_service unix:private/policy

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
      check_recipient_access proxy:mysql:/n,
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
    smtpd_recipient_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_non_fqdn_helo_hostname, reject_unknown_recipient_domain
    smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_sender_restrictions = $dms_smtpd_sender_restrictions
    dms_smtpd_sender_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unknown_sender_domain
    mua_sender_restrictions = reject_authenticated_sender_login_mismatch, $dms_smtpd_sender_restrictions
    smtpd_data_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_pipelining
    postscreen_dnsbl_sites =
        zen.spamhaus.org=127.0.0.[2..11]*3
        bl.mailspike.net=127.0.0.[2;14;13;12;11;10]
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
    smtpd_reject_unlisted_sender = yes
    smtpd_helo_restrictions =
        permit_mynetworks
        permit_sasl_authenticated
        check_helo_access pcre:/h
        reject_non_fqdn_helo_hostname
        reject_unknown_helo_hostname
    smtpd_sender_restrictions =
        reject_non_fqdn_sender
        reject_unlisted_sender
        permit_mynetworks
        permit_sasl_authenticated
        check_sender_access pcre:/s
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
          reject_non_fqdn_helo_hostname

    """

  static let proxmox = """
    smtpd_helo_required = yes
    smtpd_helo_restrictions = permit_mynetworks reject_non_fqdn_helo_hostname reject_invalid_helo_hostname
    smtpd_sender_restrictions =
            permit_mynetworks
            reject_non_fqdn_sender
            check_client_access     cidr:/c
            check_sender_access     regexp:/s
            check_recipient_access  regexp:/r reject_unknown_client_hostname reject_unknown_sender_domain
    smtpd_recipient_restrictions =
            permit_mynetworks
            reject_unauth_destination
            reject_non_fqdn_recipient
            check_recipient_access  regexp:/r check_sender_access regexp:/s check_policy_service inet:127.0.0.1:10022 reject_unknown_recipient_domain reject_unverified_recipient
    smtpd_data_restrictions = reject_unauth_pipelining

    """

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
        reject_rbl_client zen.spamhaus.org,
        permit
    smtpd_helo_restrictions = permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_hostname,
        reject_invalid_hostname,
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
    smtpd_helo_restrictions = permit_sasl_authenticated, permit_mynetworks, check_helo_access regexp:/h, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname, check_helo_access regexp:/h2
    smtpd_sender_restrictions = check_sender_access regexp:/x , permit_mynetworks, permit_sasl_authenticated, check_sender_access mysql:/m
    smtpd_client_restrictions = check_client_access mysql:/m
    smtpd_recipient_restrictions = permit_mynetworks, reject_unknown_recipient_domain, check_recipient_access proxy:mysql:/r, permit_sasl_authenticated, reject_unauth_destination, greylisting, check_policy_service unix:private/quota-status
    smtpd_etrn_restrictions = permit_mynetworks, reject
    smtpd_data_restrictions = reject_unauth_pipelining, reject_multi_recipient_bounce, permit

    """

  static let debOps = """
    smtpd_helo_required = yes
    strict_rfc821_envelopes = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, reject_unknown_helo_hostname
    smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain, permit_mynetworks
    smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unknown_recipient_domain
    smtpd_data_restrictions = reject_unauth_pipelining, reject_multi_recipient_bounce

    """

  static let yast = """
    smtpd_helo_required = yes
    smtpd_client_restrictions = permit_mynetworks, reject_rbl_client zen.spamhaus.org, ldap:/l, reject_unknown_client
    smtpd_recipient_restrictions = permit_sasl_authenticated, permit_auth_destination, permit_mynetworks, reject_unauth_destination, reject

    """

  static let chatmail = """
    smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
    mua_client_restrictions = permit_sasl_authenticated, reject
    mua_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, permit
    smtpd_peername_lookup = no

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
       check_helo_access hash:/h,
       reject_rbl_client zen.spamhaus.org=127.0.0.[2..255],
       reject_rhsbl_helo dbl.spamhaus.org=127.0.1.[2..99],
       permit
    smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_data_restrictions = reject_unauth_pipelining

    """

  static let all = [
    manual, mailcow, dockerMailserver, mailInABox, iRedMail, modoboa, proxmox, mailu, yunoHost,
    ispConfig, debOps, yast, chatmail, personal,
  ]

  /// Layouts that no project ships but an administrator may write.
  static let odd = [
    """
    smtpd_helo_restrictions =
        permit_mynetworks,

        # our own words

        # reject_non_fqdn_helo_hostname
    # in the first column
        warn_if_reject
          # between trial and name
          reject_unknown_helo_hostname
        reject_rbl_client
          # between name and argument
          a.example
        permit

    # reject_invalid_helo_hostname
    smtpd_sender_restrictions = ,permit_mynetworks ,, reject_non_fqdn_sender	,	reject_unlisted_sender,
    smtpd_client_restrictions
      = permit_mynetworks,
        hash:/bare, { check_client_access hash:/braced }
        check_policy_service { inet:[::1]:99,
           timeout = 1s }
        warn_if_reject $extra, class
    extra = reject_unknown_client_hostname, reject_rbl_client b.example
    smtpd_restriction_classes = class
    class = reject_unknown_reverse_client_hostname
    smtpd_sender_restrictions = $extra permit_mynetworks, reject_non_fqdn_sender warn_if_reject

    """
  ]

  static let master = """
    smtp      inet  n       -       y       -       -       smtpd
    smtp      inet  n       -       y       -       1       postscreen
    smtpd     pass  -       -       y       -       -       smtpd
      -o smtpd_sender_restrictions=permit_mynetworks,reject_unlisted_sender,reject_unknown_sender_domain
    # the port of our own users
    submission inet n       -       y       -       -       smtpd
      -o syslog_name=postfix/submission
      # no strangers
      -o smtpd_client_restrictions=permit_sasl_authenticated,reject
      -o { smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname,
           # inside of the braces
           reject_non_fqdn_helo_hostname,
           permit }
      -o smtpd_recipient_restrictions= -o smtpd_sender_restrictions=$mua_sender_restrictions
    2525      inet  n - y - - smtpd -v -o {smtpd_client_restrictions=warn_if_reject reject_unknown_client_hostname permit}

    """
}
