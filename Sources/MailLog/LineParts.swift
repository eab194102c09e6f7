/// One line taken apart: numbers and byte positions only, so that it can be used again for the next
/// line without an allocation.
struct LineParts {
  var kind = EventKind.foreign
  var program = Program.other
  /// Number of the tag before the last slash in the parser's table, -1 when that table is full.
  var tag: Int32 = -1
  /// Number of the host's name likewise: a log of several hosts has their process ids side by side.
  var host: Int32 = -1
  var pid: Int32 = 0
  /// Microseconds since the epoch; only with `hasTime`.
  var time: Int64 = 0
  var hasTime = false
  var label = SeverityLabel.none

  /// `HOST TAG/PROGRAM`.
  var prefix = Slice.none
  /// Where the message begins, after tag and label.
  var message: Int32 = 0
  /// The line's end without carriage return.
  var end: Int32 = 0

  var queueID = Slice.none
  var clientName = Slice.none
  var clientAddress = Slice.none
  var clientPort = Slice.none
  var helo = Slice.none
  var sender = Slice.none
  var recipient = Slice.none
  var saslUser = Slice.none
  var commandText = Slice.none
  var enhanced = Slice.none
  /// The reply or message text without code, envelope and attributes.
  var text = Slice.none
  /// The argument of a signature, such as the domain of a DNS list.
  var argument = Slice.none
  var code: Int32 = 0
  var command = SMTPCommand.other
  var signature = RejectSignature.unknown
  var postscreenWord = PostscreenWord.none

  /// Forgets everything but the envelope.
  @inline(__always)
  mutating func clearMessage() {
    queueID = .none
    clientName = .none
    clientAddress = .none
    clientPort = .none
    helo = .none
    sender = .none
    recipient = .none
    saslUser = .none
    commandText = .none
    enhanced = .none
    text = .none
    argument = .none
    code = 0
    command = .other
    signature = .unknown
    postscreenWord = .none
  }

  /// Notes what a reject of the common form says; its text stands behind a blank and a reply of nine bytes,
  /// the last five of which are the enhanced code.
  mutating func take(_ reject: CommonReject) {
    clearMessage()
    kind = .reject
    command = .rcpt
    clientAddress = reject.client
    code = reject.code
    enhanced = Slice(reject.text.lower &- 6, reject.text.lower &- 1)
    helo = reject.helo
    sender = reject.sender
    recipient = reject.recipient
    text = reject.text
    argument = reject.argument
    signature = reject.signature
  }
}

/// The SMTP commands, and cleanup's `header` and `body`, at which a reject is logged.
public enum SMTPCommand: UInt8, Sendable, CaseIterable {
  case connect, helo, ehlo, mail, rcpt, data, bdat, endOfMessage, vrfy, etrn, starttls, auth
  case xclient, xforward, header, body, other

  /// The word of the log.
  public var name: String {
    switch self {
    case .connect: "CONNECT"
    case .helo: "HELO"
    case .ehlo: "EHLO"
    case .mail: "MAIL"
    case .rcpt: "RCPT"
    case .data: "DATA"
    case .bdat: "BDAT"
    case .endOfMessage: "END-OF-MESSAGE"
    case .vrfy: "VRFY"
    case .etrn: "ETRN"
    case .starttls: "STARTTLS"
    case .auth: "AUTH"
    case .xclient: "XCLIENT"
    case .xforward: "XFORWARD"
    case .header: "header"
    case .body: "body"
    case .other: "other"
    }
  }

  /// Reads the word in `start..<end`.
  @inline(__always)
  static func read(_ line: Span<UInt8>, from start: Int, to end: Int) -> SMTPCommand {
    if end &- start == 4 && line.has("RCPT", at: start, to: end) { return .rcpt }
    return readRare(line, from: start, to: end)
  }

  private static func readRare(_ line: Span<UInt8>, from start: Int, to end: Int) -> SMTPCommand {
    let words: [(StaticString, SMTPCommand)] = [
      ("CONNECT", .connect), ("HELO", .helo), ("EHLO", .ehlo), ("MAIL", .mail), ("DATA", .data),
      ("BDAT", .bdat), ("END-OF-MESSAGE", .endOfMessage), ("VRFY", .vrfy), ("ETRN", .etrn),
      ("STARTTLS", .starttls), ("AUTH", .auth), ("XCLIENT", .xclient), ("XFORWARD", .xforward),
      ("connect", .connect), ("header", .header), ("body", .body),
    ]
    for (word, command) in words
    where word.utf8CodeUnitCount == end - start && line.has(word, at: start, to: end) {
      return command
    }
    return .other
  }
}

/// The words with which postscreen reports a test or a verdict.
public enum PostscreenWord: UInt8, Sendable, CaseIterable {
  case none, connect, passNew, passOld, allowlisted, denylisted, allowlistVeto, pregreet, dnsbl
  case hangup, bareNewline, commandTimeLimit, commandCountLimit, commandLengthLimit
  case commandPipelining, nonSMTPCommand, dataWithoutRcpt, disconnect

  /// The word as current releases log it (3.6 and later).
  public var name: String {
    switch self {
    case .none: ""
    case .connect: "CONNECT"
    case .passNew: "PASS NEW"
    case .passOld: "PASS OLD"
    case .allowlisted: "ALLOWLISTED"
    case .denylisted: "DENYLISTED"
    case .allowlistVeto: "ALLOWLIST VETO"
    case .pregreet: "PREGREET"
    case .dnsbl: "DNSBL"
    case .hangup: "HANGUP"
    case .bareNewline: "BARE NEWLINE"
    case .commandTimeLimit: "COMMAND TIME LIMIT"
    case .commandCountLimit: "COMMAND COUNT LIMIT"
    case .commandLengthLimit: "COMMAND LENGTH LIMIT"
    case .commandPipelining: "COMMAND PIPELINING"
    case .nonSMTPCommand: "NON-SMTP COMMAND"
    case .dataWithoutRcpt: "DATA without valid RCPT"
    case .disconnect: "DISCONNECT"
    }
  }
}
