/// The texts of the sandbox's Postfix configuration.
enum SandboxConfiguration {
  /// main.cf: the surroundings of a private instance, then the settings that the console is about.
  ///
  /// - Parameter known: those of ``newer`` that the installed Postfix knows.
  static func mainCF(_ layout: SandboxLayout, known: Set<String>) -> String {
    surroundings(layout) + newer.filter { known.contains($0.name) }.map(\.text).joined() + settings
  }

  /// Settings of parameters that some of the supported releases lack.
  static let newer: [(name: String, text: String)] = [
    (
      "smtpd_relay_before_recipient_restrictions",
      """
      # The recipient list speaks before the relay list, so that a relay attempt counts
      # beside reject_unauth_destination; the relay list stays as a safety net.
      smtpd_relay_before_recipient_restrictions = no


      """
    ),
    (
      "smtpd_forbid_unauth_pipelining",
      """
      # Left to reject_unauth_pipelining: from Postfix 3.9 on smtpd hangs up on such clients unasked.
      smtpd_forbid_unauth_pipelining = no


      """
    ),
  ]

  private static func surroundings(_ layout: SandboxLayout) -> String {
    """
    # main.cf of the postgate sandbox: a private Postfix on loopback, to try everything without risk.
    # Nothing leaves it: there is no smtp transport, mail for elsewhere is thrown away.

    compatibility_level = 3.6

    # Where this instance keeps its things
    queue_directory = \(layout.queue)
    data_directory = \(layout.data)
    maillog_file = \(layout.logFile)
    maillog_file_prefixes = \(layout.log)

    # Who we are
    myhostname = \(SandboxZone.hostName)
    mydomain = \(SandboxZone.domain)
    myorigin = $mydomain
    inet_interfaces = 127.0.0.1
    inet_protocols = all
    mynetworks = 127.0.0.0/8 [::1]/128

    # Mail for us goes to mailboxes, mail for anybody else nowhere
    mydestination =
    local_recipient_maps =
    local_transport = error:5.1.1 no local delivery in the sandbox
    alias_maps =
    alias_database =
    virtual_mailbox_domains = $mydomain
    virtual_mailbox_base = \(layout.mail)
    virtual_mailbox_maps = texthash:\(layout.mailboxTable)
    virtual_uid_maps = static:\(layout.mailOwner.user)
    virtual_gid_maps = static:\(layout.mailOwner.group)
    relay_transport = discard:
    default_transport = discard:

    # The traffic pretends to come from many clients
    smtpd_authorized_xclient_hosts = 127.0.0.0/8
    in_flow_delay = 0


    """
  }

  private static let settings = """
    # 20 MB is enough for a message
    message_size_limit = 20480000

    # VRFY lets strangers scan for users
    disable_vrfy_command = yes

    # 450 asks a stranger to come back, 554 does not
    unknown_hostname_reject_code = 554
    unknown_address_reject_code = 554
    unverified_sender_reject_code = 554
    unverified_recipient_reject_code = 554

    # Without this the HELO checks are skipped for a client that sends no HELO
    smtpd_helo_required = yes

    mua_client_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        permit

    # Most nuisance fails on a HELO name that is not fully qualified
    mua_helo_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_invalid_helo_hostname,
        reject_non_fqdn_helo_hostname,
        permit

    mua_sender_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_non_fqdn_sender,
        reject_unknown_sender_domain,
        permit

    mua_recipient_restrictions =
        permit_mynetworks,
        permit_sasl_authenticated,
        reject_unauth_destination,
        reject_non_fqdn_recipient,
        reject_unknown_recipient_domain,
        permit

    smtpd_client_restrictions = $mua_client_restrictions
    smtpd_helo_restrictions = $mua_helo_restrictions
    smtpd_sender_restrictions = $mua_sender_restrictions
    smtpd_recipient_restrictions = $mua_recipient_restrictions

    """

  /// master.cf: smtp and submission on loopback, delivery to mailboxes and to nowhere.
  ///
  /// smtpd is chrooted because it then reads the queue directory's own etc/resolv.conf.
  static func masterCF(smtpPort: UInt16, submissionPort: UInt16) -> String {
    """
    # master.cf of the postgate sandbox. There is no smtp, relay or lmtp client: nothing leaves.
    # service          type  private unpriv chroot wakeup maxproc command
    #
    # smtp
    \(endpoint(smtpPort)) inet  n       -      y      -      -       smtpd
    # submission
    \(endpoint(submissionPort)) inet  n       -      y      -      -       smtpd
      -o syslog_name=postfix/submission
      -o smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject
    cleanup            unix  n       -      n      -      0       cleanup
    qmgr               unix  n       -      n      300    1       qmgr
    tlsmgr             unix  -       -      n      1000?  1       tlsmgr
    rewrite            unix  -       -      n      -      -       trivial-rewrite
    bounce             unix  -       -      n      -      0       bounce
    defer              unix  -       -      n      -      0       bounce
    trace              unix  -       -      n      -      0       bounce
    verify             unix  -       -      n      -      1       verify
    flush              unix  n       -      n      1000?  0       flush
    proxymap           unix  -       -      n      -      -       proxymap
    proxywrite         unix  -       -      n      -      1       proxymap
    showq              unix  n       -      n      -      -       showq
    error              unix  -       -      n      -      -       error
    retry              unix  -       -      n      -      -       error
    discard            unix  -       -      n      -      -       discard
    virtual            unix  -       n      n      -      -       virtual
    anvil              unix  -       -      n      -      1       anvil
    postlog            unix-dgram n  -      n      -      1       postlogd

    """
  }

  /// The table of mailboxes, in the form of texthash.
  static var mailboxTable: String {
    SandboxZone.mailboxes.map { "\($0)@\(SandboxZone.domain) \($0)\n" }.joined()
  }

  /// A service's listening address as master.cf wants it, padded to its column.
  static func endpoint(_ port: UInt16) -> String {
    let text = "127.0.0.1:\(port)"
    return text + String(repeating: " ", count: max(0, 18 - text.utf8.count))
  }
}
