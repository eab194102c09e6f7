/// The Postfix programs whose lines are told apart (log-name after the last slash of the tag).
enum Program: UInt8 {
  case smtpd, postscreen, cleanup, qmgr, delivery, master, anvil, script, pickup, bounce
  /// Any other program of Postfix.
  case other

  /// The program of that name; nil when Postfix has none of it.
  init?(name: String) {
    switch name {
    case "smtpd": self = .smtpd
    case "postscreen": self = .postscreen
    case "cleanup": self = .cleanup
    case "qmgr", "nqmgr", "oqmgr": self = .qmgr
    case "smtp", "lmtp", "local", "virtual", "pipe", "error", "retry", "discard": self = .delivery
    case "master": self = .master
    case "anvil": self = .anvil
    case "postfix-script": self = .script
    case "pickup": self = .pickup
    case "bounce", "defer", "trace": self = .bounce
    case "dnsblog", "tlsproxy", "tlsmgr", "verify", "proxymap", "proxywrite", "trivial-rewrite",
      "flush", "scache", "showq", "postsuper", "sendmail", "postdrop", "postlogd", "postlog",
      "postmulti", "spawn", "qmqpd", "postmap", "postalias", "postconf", "postqueue", "postcat",
      "postfix", "postkick", "postlock", "smtp-sink", "smtp-source", "posttls-finger":
      self = .other
    default: return nil
    }
  }
}

/// The severity label that Postfix puts in front of a message; none for information.
enum SeverityLabel: UInt8 {
  case none, warning, error, fatal, panic
}

/// What a line reports, as the counting path needs it.
enum EventKind: UInt8 {
  case foreign, other, connect, disconnect, lost, reject, trial, action, clientQueued, queueActive
  case queue, delivery, postscreen, authFailure, tls, anvil, warning, error, fatal, panic
  case lifecycle, pickup
  /// A client talked out of turn.
  case misbehaviour
  /// qmgr gave a message up.
  case expired
  /// A line of a program with a known grammar that has none of its forms.
  case unknown

  /// The kind as it is shown.
  var rowKind: LogRow.Kind {
    switch self {
    case .foreign: .foreign
    case .other, .misbehaviour, .unknown: .other
    case .connect: .connect
    case .disconnect: .disconnect
    case .lost: .lostConnection
    case .reject: .reject
    case .trial: .trial
    case .action: .action
    case .clientQueued: .accepted
    case .queueActive, .queue, .pickup, .expired: .queue
    case .delivery: .delivery
    case .postscreen: .postscreen
    case .authFailure: .authFailure
    case .tls: .tls
    case .anvil: .anvil
    case .warning: .warning
    case .error: .error
    case .fatal: .fatal
    case .panic: .panic
    case .lifecycle: .lifecycle
    }
  }
}
