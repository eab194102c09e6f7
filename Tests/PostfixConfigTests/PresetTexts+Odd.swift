extension PresetTexts {
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
