import PostfixConfig

/// The reply codes that a rehearsal asks with, to tell a permanent refusal from DNS that did not answer
/// (450), and those that the configuration really gives.
struct ReplyCodes {
  /// A code's parameter, and what the texts of its refusals contain.
  private static let codes: [(parameter: String, text: String)] = [
    ("unknown_hostname_reject_code", "Helo command rejected: Host not found"),
    ("unknown_address_reject_code", "address rejected: Domain not found"),
    ("unknown_client_reject_code", "Client host rejected: cannot find your"),
    ("unverified_sender_reject_code", "Sender address rejected: undeliverable address"),
    ("unverified_recipient_reject_code", "Recipient address rejected: undeliverable address"),
  ]

  /// What the stand-ins answer instead.
  static let settings =
    codes.map { "\($0.parameter)=554" } + [
      "unverified_sender_defer_code=450", "unverified_recipient_defer_code=450", "soft_bounce=no",
    ]

  private let real: [(text: String, code: Int)]

  init(_ candidate: Configuration) {
    real = Self.codes.map { code in
      (code.text, candidate.value(of: code.parameter).flatMap { Int($0) } ?? 450)
    }
  }

  /// The refusal as the configuration would give it.
  func restored(_ refusal: Refusal) -> Refusal {
    guard refusal.code == 554,
      let code = real.first(where: { refusal.reply.contains($0.text) })?.code
    else { return refusal }
    var result = refusal
    result.code = code
    // `554 5.7.1 …`: the enhanced code follows the first digit.
    let firstDigit = String(code).prefix(1)
    let rest = refusal.reply.dropFirst(4)
    result.reply = "\(code) " + (rest.hasPrefix("5.") ? firstDigit + rest.dropFirst() : rest)
    return result
  }
}
