/// What a client of the sandbox is up to.
public enum TrafficKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// HELO with a bare word: `ylmf-pc`.
  case bareWordHelo = "bare_word_helo"
  /// HELO with a name that cannot be one: `-bad-.example..net`.
  case invalidHelo = "invalid_helo"
  /// HELO with something like an address literal: `[192.0.2`.
  case addressLiteralJunk = "address_literal_junk"
  /// HELO with a well-formed name that does not exist, to a mailbox that does.
  case unknownHeloHost = "unknown_helo_host"
  /// A sender domain that does not exist.
  case unknownSenderDomain = "unknown_sender_domain"
  /// A sender without a full domain.
  case nonFQDNSender = "non_fqdn_sender"
  /// A recipient elsewhere.
  case relayAttempt = "relay_attempt"
  /// A recipient that we do not have.
  case unknownUser = "unknown_user"
  /// Many guessed recipients in one session.
  case dictionaryAttack = "dictionary_attack"
  /// Commands sent without waiting, though the server did not offer it.
  case pipelining
  /// Ends the connection before any command.
  case hangUp = "hang_up"
  /// Ends the connection after EHLO.
  case hangUpAfterHelo = "hang_up_after_helo"
  /// A client of the DNS list `bl.test`, to a mailbox that exists.
  case listedClient = "listed_client"
  /// A stranger without login on the submission service.
  case submissionStranger = "submission_stranger"
  /// Mail from a proper server to a mailbox.
  case goodMail = "good_mail"
  /// Mail of an own user to the world, through the submission service.
  case ownMail = "own_mail"

  /// Sessions in a thousand.
  public var share: Int {
    switch self {
    case .bareWordHelo: 330
    case .invalidHelo: 30
    case .addressLiteralJunk: 40
    case .unknownHeloHost: 60
    case .unknownSenderDomain: 90
    case .nonFQDNSender: 40
    case .relayAttempt: 80
    case .unknownUser: 60
    case .dictionaryAttack: 50
    case .pipelining: 30
    case .hangUp: 50
    case .hangUpAfterHelo: 40
    case .listedClient: 20
    case .submissionStranger: 10
    case .goodMail: 60
    case .ownMail: 10
    }
  }

  /// True when a mail server with every check that helps would refuse or never see a mail.
  public var isNuisance: Bool { self != .goodMail && self != .ownMail }
}
