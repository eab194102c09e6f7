extension PresetTexts {
  /// The presets that are little more than a line, or live in master.cf.
  static let more = [
    "",
    "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n",
    "smtpd_recipient_restrictions = reject_unauth_destination check_policy_service unix:private/quota-status\n",
    """
    smtpd_helo_required = yes
    smtpd_helo_restrictions = permit_mynetworks, reject_invalid_hostname
    strict_rfc821_envelopes = yes
    smtpd_client_restrictions = permit_mynetworks, reject_rbl_client zen.spamhaus.org, ldap:users, reject_unknown_client
    smtpd_recipient_restrictions = permit_sasl_authenticated, permit_auth_destination, permit_mynetworks, reject_unauth_destination, reject

    """,
    """
    postscreen_dnsbl_sites =
        zen.spamhaus.org=127.0.0.[2..11]*3
        bl.mailspike.net=127.0.0.[2;14;13;12;11;10]
        b.barracudacentral.org*2
        bl.spameatingmonkey.net=127.0.0.2
        psbl.surriel.com
        list.dnswl.org=127.0.[0..255].0*-2
        list.dnswl.org=127.0.[0..255].[2..3]*-4
    postscreen_dnsbl_threshold = 6
    postscreen_greet_action = enforce
    postscreen_dnsbl_action = enforce
    postscreen_denylist_action = drop

    """,
  ]

  /// Submission as the development version of Postfix ships it, and as the bundles do.
  static let bundleMaster = """
    smtp      inet  n       -       n       -       -       smtpd
    submission inet n       -       n       -       -       smtpd
      -o syslog_name=postfix/submission
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_client_restrictions=
      -o smtpd_helo_restrictions=
      -o smtpd_sender_restrictions=
      -o smtpd_relay_restrictions=
      -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
    smtps     inet  n       -       n       -       -       smtpd
      -o smtpd_tls_wrappermode=yes
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject
      -o smtpd_sender_restrictions=reject_sender_login_mismatch
    submissions inet n      -       n       -       -       smtpd
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_client_restrictions=permit_sasl_authenticated,reject
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
      -o smtpd_sender_restrictions=$mua_sender_restrictions
    10026     inet  n       -       n       -       -       smtpd
      -o smtpd_client_restrictions=reject_unlisted_sender,reject_authenticated_sender_login_mismatch,permit
      -o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination

    """

  /// Postscreen on port 25, the stock submission services and an after-filter port.
  static let usualMaster = """
    smtp      inet  n       -       y       -       1       postscreen
    smtpd     pass  -       -       y       -       -       smtpd
      -o smtpd_sender_restrictions=permit_mynetworks,reject_unlisted_sender,reject_unknown_sender_domain
    dnsblog   unix  -       -       y       -       0       dnsblog
    tlsproxy  unix  -       -       y       -       0       tlsproxy
    submission inet n       -       y       -       -       smtpd
      -o syslog_name=postfix/submission
      -o smtpd_tls_security_level=encrypt
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_tls_auth_only=yes
      -o smtpd_reject_unlisted_recipient=no
      -o smtpd_client_restrictions=$mua_client_restrictions
      -o smtpd_helo_restrictions=$mua_helo_restrictions
      -o smtpd_sender_restrictions=$mua_sender_restrictions
      -o smtpd_recipient_restrictions=
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
      -o milter_macro_daemon_name=ORIGINATING
    smtps     inet  n       -       y       -       -       smtpd
      -o smtpd_tls_wrappermode=yes
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_client_restrictions=permit_sasl_authenticated,reject
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
    127.0.0.1:10025 inet n  -       y       -       -       smtpd
      -o smtpd_client_restrictions=permit_mynetworks,reject
      -o smtpd_helo_restrictions=
      -o smtpd_sender_restrictions=
      -o smtpd_recipient_restrictions=permit_mynetworks,reject
      -o mynetworks=127.0.0.0/8
    pickup    unix  n       -       y       60      1       pickup
    cleanup   unix  n       -       y       -       0       cleanup
    qmgr      unix  n       -       n       300     1       qmgr
    rewrite   unix  -       -       y       -       -       trivial-rewrite
    verify    unix  -       -       y       -       1       verify
    relay     unix  -       -       y       -       -       smtp
      -o syslog_name=${multi_instance_name?{$multi_instance_name}:{postfix}}/$service_name
    spamfilter unix -       n       n       -       -       pipe
      flags=Rq user=filter argv=/usr/bin/filter -f ${sender} -- ${recipient}

    """
}
