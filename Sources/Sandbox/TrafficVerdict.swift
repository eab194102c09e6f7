import PostfixHost

/// Which restriction a refusal comes from, told from the reply's text.
///
/// Deliberately apart from the console's own reading of the log, which is tested against it; it
/// needs to know only what the sandbox's services can be made to say.
enum TrafficVerdict {
  private static let texts: [(text: String, restriction: String)] = [
    ("Helo command rejected: need fully-qualified hostname", "reject_non_fqdn_helo_hostname"),
    ("Helo command rejected: Host not found", "reject_unknown_helo_hostname"),
    ("Helo command rejected: Invalid name", "reject_invalid_helo_hostname"),
    ("Helo command rejected: invalid ip address", "reject_invalid_helo_hostname"),
    ("Sender address rejected: need fully-qualified address", "reject_non_fqdn_sender"),
    ("Sender address rejected: Domain not found", "reject_unknown_sender_domain"),
    ("Recipient address rejected: need fully-qualified address", "reject_non_fqdn_recipient"),
    ("Recipient address rejected: Domain not found", "reject_unknown_recipient_domain"),
    ("Recipient address rejected: User unknown", "reject_unlisted_recipient"),
    ("Sender address rejected: User unknown", "reject_unlisted_sender"),
    ("blocked using", "reject_rbl_client"),
    ("cannot find your hostname", "reject_unknown_client_hostname"),
    ("cannot find your reverse hostname", "reject_unknown_reverse_client_hostname"),
    ("Improper use of SMTP command pipelining", "reject_unauth_pipelining"),
    ("Access denied", "reject"),
  ]

  /// The restriction's name; `unknown` for a refusal with another text.
  static func restriction(of reply: SMTPReply) -> String {
    let text = reply.text
    if text.contains("Relay access denied") {
      return reply.isTemporary ? "defer_unauth_destination" : "reject_unauth_destination"
    }
    return texts.first { text.contains($0.text) }?.restriction ?? "unknown"
  }
}
