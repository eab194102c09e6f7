/// What a reject's text says about its cause: one shape of text with the causes it may stand for.
///
/// Source: smtpd_check.c's replies, as read and run; the closed list of other causes is that of the
/// man page's `report` section.
public struct RejectSignature: Hashable, Sendable {
  /// Subject in the upper bits, reason in the lower four; specials from 256 on.
  let rawValue: UInt16

  init(rawValue: UInt16) { self.rawValue = rawValue }

  init(_ subject: Subject, _ reason: Reason) {
    rawValue = UInt16(subject.rawValue) << 4 | UInt16(reason.rawValue)
  }

  /// What the text names as refused: smtpd's reply class.
  enum Subject: UInt8, CaseIterable {
    case client = 1
    case unverifiedClient, helo, sender, recipient, data, endOfData, etrn, certificate, saslLogin
  }

  /// What the text gives as the reason. `specific…` mean another thing for each subject.
  enum Reason: UInt8, CaseIterable {
    case accessDenied, custom, tryAgainLater, deferIfPermit, deferIfReject, serviceUnavailable
    case configurationProblem, configurationError, multiRecipientBounce, pipelining, verification
    case specificA, specificB, specificC, specificD, specificE
  }

  private static func special(_ number: UInt16) -> Self { Self(rawValue: 256 + number) }

  static let unknown = special(0)
  static let blockedClient = special(1)
  static let blockedClientName = special(2)
  static let blockedReverseName = special(3)
  static let blockedHelo = special(4)
  static let blockedSender = special(5)
  static let blockedRecipient = special(6)
  static let plaintextSession = special(7)
  static let relayDenied = special(8)
  static let relayDeferred = special(9)
  static let lookupFailure = special(10)
  static let configurationError = special(11)
  static let messageSize = special(12)
  static let queueSpace = special(13)
  static let milter = special(14)
  static let proxyFilter = special(15)
  static let headerChecks = special(16)
  static let bodyChecks = special(17)
  static let postscreenProtocol = special(18)
  static let postscreenGreet = special(19)
  static let postscreenPipelining = special(20)
  static let postscreenBareNewline = special(21)
  static let postscreenDNSBL = special(22)
  static let postscreenAccess = special(23)
  static let postscreenDeepTests = special(24)
  static let postscreenClientLimit = special(25)
  static let postscreenPostQueue = special(26)
  static let postscreenPreQueue = special(27)
  static let postscreenNonSMTP = special(28)
  static let etrn = special(29)
  /// Postfix's own words stand in a text that can be read in several ways, or that was cut too early.
  static let undecided = special(30)

  /// The names that may be the cause, in no order of likelihood; never empty.
  public var candidates: [String] { Self.table[Int(rawValue)].candidates }

  /// The stage that the text names (`helo`, `relay`, …), `postscreen`, `milter`, `header`, `body`,
  /// or `other`.
  public var stage: String { Self.table[Int(rawValue)].stage }

  /// True when nobody can tell what the text means, which is none of a list's own words either.
  public var isUndecided: Bool { self == .undecided }

  /// True when the argument of the restriction stands in the text.
  public var hasArgument: Bool {
    (Self.blockedClient.rawValue...Self.blockedRecipient.rawValue).contains(rawValue)
  }

  /// True when the text holds nothing of another's but what it names as refused.
  var isClosed: Bool {
    guard rawValue < Self.unknown.rawValue else {
      return self != .unknown && self != .undecided && !hasArgument
    }
    return switch Reason(rawValue: UInt8(rawValue & 15)) {
    case .custom, .verification, .none: false
    default: self != RejectSignature(.sender, .specificD)
    }
  }

  struct Entry {
    var candidates: [String]
    var stage: String
  }

  /// Candidates and stage by raw value.
  private static let table: [Entry] = makeTable()

  private static func makeTable() -> [Entry] {
    var table = [Entry](repeating: Entry(candidates: ["unknown"], stage: "other"), count: 300)
    for subject in Subject.allCases {
      let (tables, specific) = (subject.accessTables, subject.specific)
      for reason in Reason.allCases {
        let signature = RejectSignature(subject, reason)
        table[Int(signature.rawValue)] = Entry(
          candidates: candidates(subject, reason, tables, specific), stage: subject.stage)
      }
    }
    for (signature, stage, names) in specials {
      table[Int(signature.rawValue)] = Entry(candidates: names, stage: stage)
    }
    return table
  }

  private static let specials: [(RejectSignature, String, [String])] = [
    (blockedClient, "client", ["reject_rbl_client"]),
    (blockedClientName, "client", ["reject_rhsbl_client"]),
    (blockedReverseName, "client", ["reject_rhsbl_reverse_client"]),
    (blockedHelo, "helo", ["reject_rhsbl_helo"]),
    (blockedSender, "sender", ["reject_rhsbl_sender"]),
    (blockedRecipient, "recipient", ["reject_rhsbl_recipient"]),
    (plaintextSession, "client", ["reject_plaintext_session"]),
    (relayDenied, "relay", ["reject_unauth_destination"]),
    (relayDeferred, "relay", ["defer_unauth_destination"]),
    (lookupFailure, "other", ["table_lookup_failure"]),
    (configurationError, "other", ["configuration_error"]),
    (messageSize, "other", ["message_size_limit"]),
    (queueSpace, "other", ["queue_minfree"]),
    (milter, "milter", ["smtpd_milters"]),
    (proxyFilter, "proxy", ["smtpd_proxy_filter"]),
    (headerChecks, "header", ["header_checks"]),
    (bodyChecks, "body", ["body_checks"]),
    (
      postscreenProtocol, "postscreen",
      [
        "postscreen_bare_newline_action", "postscreen_greet_action",
        "postscreen_non_smtp_command_action", "postscreen_pipelining_action",
      ]
    ),
    (postscreenGreet, "postscreen", ["postscreen_greet_action"]),
    (postscreenPipelining, "postscreen", ["postscreen_pipelining_action"]),
    (postscreenBareNewline, "postscreen", ["postscreen_bare_newline_action"]),
    (postscreenNonSMTP, "postscreen", ["postscreen_non_smtp_command_action"]),
    (postscreenDNSBL, "postscreen", ["postscreen_dnsbl_action"]),
    (postscreenAccess, "postscreen", ["postscreen_access_list"]),
    (postscreenDeepTests, "postscreen", ["postscreen_deep_protocol_tests"]),
    (postscreenClientLimit, "postscreen", ["postscreen_client_connection_count_limit"]),
    (postscreenPostQueue, "postscreen", ["postscreen_post_queue_limit"]),
    (postscreenPreQueue, "postscreen", ["postscreen_pre_queue_limit"]),
    (etrn, "etrn", ["smtpd_etrn_restrictions"]),
  ]

  private static func candidates(
    _ subject: Subject, _ reason: Reason, _ tables: [String], _ specific: [[String]]
  ) -> [String] {
    switch reason {
    case .accessDenied: return tables + ["check_policy_service", "reject"]
    case .custom, .serviceUnavailable: return tables + ["check_policy_service"]
    case .tryAgainLater: return ["defer"]
    case .deferIfPermit: return ["defer_if_permit"]
    case .deferIfReject: return ["defer_if_reject"]
    case .configurationProblem: return ["check_policy_service"]
    case .configurationError: return ["table_lookup_failure"]
    case .multiRecipientBounce: return ["reject_multi_recipient_bounce"]
    case .pipelining: return ["reject_unauth_pipelining"]
    case .verification:
      return subject == .sender ? ["reject_unverified_sender"] : ["reject_unverified_recipient"]
    case .specificA, .specificB, .specificC, .specificD, .specificE:
      return specific[Int(reason.rawValue - Reason.specificA.rawValue)]
    }
  }
}

extension RejectSignature.Subject {
  /// The stage whose lists speak of this subject.
  var stage: String {
    switch self {
    case .client, .unverifiedClient, .certificate: "client"
    case .helo: "helo"
    case .sender, .saslLogin: "sender"
    case .recipient: "recipient"
    case .data: "data"
    case .endOfData: "end_of_data"
    case .etrn: "etrn"
    }
  }

  /// The access-table restrictions that speak with this subject.
  fileprivate var accessTables: [String] {
    switch self {
    case .client: Self.family("client")
    case .unverifiedClient: Self.family("reverse_client_hostname")
    case .helo: Self.family("helo")
    case .sender: Self.family("sender")
    case .recipient: Self.family("recipient")
    case .etrn: ["check_etrn_access"]
    case .certificate: ["check_ccert_access"]
    case .saslLogin: ["check_sasl_access"]
    case .data, .endOfData: []
    }
  }

  private static func family(_ name: String) -> [String] {
    ["", "_a", "_mx", "_ns"].map { "check_\(name)\($0)_access" }
  }

  /// The causes of the reasons A to E of ``RejectSignature/Reason``.
  fileprivate var specific: [[String]] {
    let none = ["unknown"]
    switch self {
    case .client:
      return [
        ["reject_unknown_client_hostname"], ["reject_unknown_reverse_client_hostname"],
        none, none, none,
      ]
    case .helo:
      return [
        ["reject_non_fqdn_helo_hostname"], ["reject_invalid_helo_hostname"],
        [
          "reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname",
          "reject_unknown_helo_hostname",
        ],
        ["reject_unknown_helo_hostname"], none,
      ]
    case .sender:
      return [
        ["reject_non_fqdn_sender"], ["reject_unknown_sender_domain"], ["reject_unlisted_sender"],
        [
          "reject_authenticated_sender_login_mismatch", "reject_known_sender_login_mismatch",
          "reject_sender_login_mismatch",
        ],
        [
          "reject_known_sender_login_mismatch", "reject_sender_login_mismatch",
          "reject_unauthenticated_sender_login_mismatch",
        ],
      ]
    case .recipient:
      return [
        ["reject_non_fqdn_recipient"], ["reject_unknown_recipient_domain"],
        ["reject_unlisted_recipient"], ["check_relay_domains"], none,
      ]
    case .unverifiedClient, .data, .endOfData, .etrn, .certificate, .saslLogin:
      return [none, none, none, none, none]
    }
  }
}
