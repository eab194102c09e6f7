import MailLog
import PostfixConfig

@testable import ConsoleCore

// What the screens 2, 4 and 6 and the rehearsal show.
extension Fixture {
  static var parameters: [ParameterRow] {
    var rows = (1...60).map { number in
      ParameterRow(
        name: "smtpd_example_parameter_\(number)", value: number % 3 == 0 ? "" : "\(number)s",
        standard: "\(number)s", overrides: [])
    }
    rows[1] = ParameterRow(
      name: "smtpd_helo_required", value: "yes", standard: "no",
      location: SourceLocation(file: .main, line: 12), overrides: ["submission/inet: no"],
      info: ParameterInfo(
        name: "smtpd_helo_required", kind: .bool, summary: "Refuses MAIL without HELO.",
        mayHurt: "Old clients."), isEdited: true)
    rows[2] = ParameterRow(
      name: "mynetworks", value: "\n    127.0.0.0/8\n    \u{202E}[::1]/128", standard: "",
      location: SourceLocation(file: .main, line: 3), overrides: [])
    return rows
  }

  static var changes: [HistoryEntry] {
    let diff = """
      --- main.cf
      +++ main.cf
      @@ -12,3 +12,3 @@
      -    # reject_non_fqdn_helo_hostname,
      +    reject_non_fqdn_helo_hostname,

      """
    return [
      HistoryEntry(
        number: 3, time: "2026-11-23 02:50:11", who: "root (ann)", message: "", outcome: "kept",
        undoes: 1, isInForce: true, diff: diff),
      HistoryEntry(
        number: 2, time: "2026-11-22 09:14:02", who: "root (ann, ssh 192.0.2.4)",
        message: "stop the ylmf-pc flood", outcome: "timed out", isInForce: false, diff: diff,
        remarks: ["nobody confirmed it in 60 s"], commands: ["postfix reload  (exit 0)"]),
      HistoryEntry(
        number: 1, time: "2026-11-21 18:00:00", who: "root", message: "\u{1B}[2Jhostile",
        outcome: "undone", isInForce: false, diff: diff),
    ]
  }

  static var client: ClientHistory {
    var history = ClientHistory(address: "203.0.113.9")
    for row in rows.reversed() where row.clientAddress == history.address {
      history.add(row, cause: "reject_non_fqdn_helo_hostname")
    }
    history.readFrom = LogTime(seconds: now.seconds - 90_000)
    history.isComplete = true
    return history
  }

  static var rehearsal: RehearsalReport {
    RehearsalReport(
      subject: "reject_unknown_helo_hostname, switched on",
      rows: [
        .init(
          restriction: "reject_unknown_helo_hostname", grade: "DNS asked again today",
          lostMessages: 4, lostClients: 2, text: "its answers are those of now")
      ],
      victims: [
        .init(
          client: "mail.example.net[198.51.100.7]", senderDomain: "example.net", messages: 3,
          acceptedBefore: 41, lastSeen: "2026-11-22 09:14:02",
          restriction: "reject_unknown_helo_hostname",
          reply: "450 4.7.1 <mail>: Helo command rejected: Host not found",
          exception: "check_client_access before it")
      ],
      summary: [
        "Of 160 accepted mails that could be judged 4 would have been refused.",
        "Of 900 refused mails it would have refused 200 (22.2%); 9 of them nothing else refuses.",
      ],
      coverage: ["Judged: 160 of 200 (DNS asked again today 160) accepted mails."],
      unknowns: ["what the milters would answer is not known"], lacksHelo: true)
  }
}
