extension LogGenerator {
  /// Lines that are no rejects, with the name under which a report counts them.
  static let incidents: [(program: String, text: String, name: String)] = [
    ("smtpd", "NOQUEUE: hold: RCPT from {C}: \(table) HOLD action" + tail, "hold"),
    ("smtpd", "{Q}: discard: RCPT from {C}: \(table) DISCARD action" + tail, "discard"),
    ("smtpd", "NOQUEUE: filter: RCPT from {C}: \(table) FILTER smtp:x" + tail, "filter"),
    ("smtpd", "NOQUEUE: redirect: RCPT from {C}: \(table) REDIRECT a@b" + tail, "redirect"),
    ("smtpd", "NOQUEUE: bcc: RCPT from {C}: \(table) BCC a@b" + tail, "bcc"),
    ("smtpd", "NOQUEUE: info: RCPT from {C}: reject: RCPT from x[192.0.2.1]: 5" + tail, "info"),
    ("smtpd", "NOQUEUE: warn: RCPT from {C}: look" + tail, "warn"),
    (
      "smtpd",
      "NOQUEUE: permit: RCPT from {C}: action=permit_mynetworks for Client host={C} ;"
        + " from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>", "permit"
    ),
    ("cleanup", "{Q}: warning: header Subject: x from {C}" + tail + ": hmm", "warn"),
    ("cleanup", "{Q}: prepend: header Subject: x from {C}" + tail + ": X-Y: z", "prepend"),
    ("cleanup", "{Q}: replace: header Subject: x from {C}" + tail + ": Subject: z", "replace"),
    (
      "cleanup", "{Q}: milter-hold: END-OF-MESSAGE from {C}: milter triggers HOLD action" + tail,
      "milter-hold"
    ),
    ("smtpd", "lost connection after RCPT from {C}", "lost_connection"),
    ("smtpd", "NOQUEUE: lost connection after DATA (12 bytes) from {C}", "lost_connection"),
    ("smtpd", "timeout after END-OF-MESSAGE from {C}", "timeout"),
    ("smtpd", "NOQUEUE: too many errors after RCPT from {C}", "too_many_errors"),
    (
      "smtpd", "improper command pipelining after EHLO from {C}: MAIL FROM:<x>\\r\\n",
      "improper_pipelining"
    ),
    ("smtpd", "warning: non-SMTP command from {C}: GET / HTTP/1.1", "non_smtp_command"),
    ("smtpd", "warning: Illegal address syntax from {C} in MAIL command: <x", "illegal_address"),
    ("smtpd", "warning: hostname x.example does not resolve to address {A}", "hostname_mismatch"),
    (
      "smtpd", "warning: {C}: SASL LOGIN authentication failed: no, sasl_username=bob",
      "auth_failure"
    ),
    (
      "smtpd",
      "Anonymous TLS connection established from {C}: TLSv1.3 with cipher X (256/256 bits)",
      "TLSv1.3"
    ),
    (
      "smtpd",
      "Trusted TLS connection established from {C} to mx.example: TLSv1.2 with cipher X (1/2 bits)",
      "TLSv1.2"
    ),
    ("smtpd", "SSL_accept error from {C}: lost connection", "tls_error"),
    (
      "smtpd", "warning: Connection rate limit exceeded: 31 from {C} for service smtp",
      "smtpd_client_connection_rate_limit"
    ),
    (
      "smtpd", "warning: AUTH command rate limit exceeded: 3 from {C} for service submission",
      "smtpd_client_auth_rate_limit"
    ),
    ("smtpd", "warning: {Q}: queue file size limit exceeded", "message_size_limit"),
    ("smtpd", "warning: unknown smtpd restriction: \"nosuch\"", "unknown_restriction"),
    (
      "smtpd", "warning: hash:/x is unavailable. open database /x.db: No such file or directory",
      "table_unavailable"
    ),
    (
      "smtpd", "warning: connect to Milter service inet:127.0.0.1:1: Connection refused",
      "milter_unavailable"
    ),
    (
      "smtpd", "warning: dict_nis_init: NIS domain name not set - NIS lookups disabled",
      "other_warning"
    ),
    ("master", "reload -- version 3.7.11, configuration /etc/postfix", "reload"),
    (
      "master", "warning: /usr/lib/postfix/sbin/qmgr: bad command startup -- throttling",
      "throttled"
    ),
    ("cleanup", "fatal: no", "fatal"),
  ]

  private static let table = "<{C}>: Client host triggers"
  private static let tail = "; from=<{S}> to=<{R}> proto=ESMTP helo=<{H}>"
}
