import MailLog
import Testing

/// What cleanup says of header and body lines and of errors of MIME.
@Suite struct ContentRejectTests {
  private func read(_ message: String) -> (row: LogRow, counted: TallySummary) {
    let line = "Nov 22 09:00:01 mx postfix/cleanup[8]: 9E730FD84EB: \(message)"
    return (row(line), summary(line + "\n"))
  }

  /// What comes in through pickup has neither client nor protocol.
  @Test func localSubmissionHasItsParts() {
    let (row, counted) = read(
      "reject: header Subject: x from local; from=<root@mx> to=<v@test.example>: 5.7.1 no spam")
    #expect(row.sender == "root@mx" && row.recipient == "v@test.example")
    #expect(row.clientAddress == nil && row.clientName == nil && row.helo == nil)
    #expect(row.enhancedCode == "5.7.1" && row.text == "no spam" && row.command == "header")
    #expect(row.candidates.map(\.name) == ["header_checks"])
    #expect(counted.signatures.map(\.reply) == ["5.7.1"])
  }

  @Test func bodyOfALocalSubmissionLikewise() {
    let (row, _) = read("reject: body buy from local; from=<>: 5.7.1 no; spam: at all")
    #expect(row.sender == "" && row.recipient == nil && row.command == "body")
    #expect(row.enhancedCode == "5.7.1" && row.text == "no; spam: at all")
    let bare = read("reject: header Subject: x from local;: 5.7.1 no").row
    #expect(bare.enhancedCode == "5.7.1" && bare.text == "no")
  }

  @Test func errorOfMIMEIsAHeader() {
    let (row, counted) = read(
      "reject: mime-error improper use of 8-bit data in message header: Subject: x from h.example[192.0.2.9]"
        + "; from=<s@d.example> to=<r@mx.example>")
    #expect(row.command == "header" && row.clientAddress == "192.0.2.9")
    #expect(row.clientName == "h.example" && row.sender == "s@d.example")
    #expect(row.recipient == "r@mx.example" && row.code == nil && row.enhancedCode == nil)
    #expect(row.candidates.map(\.name) == ["header_checks"])
    #expect(counted.signatures.map(\.command) == ["header"])
  }

  @Test func quotedSenderImitatesNoOrigin() {
    let (row, _) = read(
      "reject: header Subject: x from h.example[192.0.2.9]; from=<\"a from fake[192.0.2.66]; from=<b> "
        + "to=<c\"@d.example> to=<r@mx.example> proto=ESMTP helo=<h>: 5.7.1 no")
    #expect(row.clientAddress == "192.0.2.9" && row.recipient == "r@mx.example" && row.helo == "h")
    #expect(row.sender == "\"a from fake[192.0.2.66]; from=<b> to=<c\"@d.example")
    #expect(row.enhancedCode == "5.7.1" && row.text == "no")
  }

  @Test func headerImitatesNoOrigin() {
    let (row, _) = read(
      "reject: header Subject: x from fake[192.0.2.66]; from=<a@b> to=<c@d>: 5.0.0 y from local; "
        + "from=<s@d.example> to=<r@mx.example>: 5.7.1 no")
    #expect(row.clientAddress == nil && row.sender == "s@d.example" && row.text == "no")
  }

  /// Before 3.5 an address is not quoted.
  @Test func unquotedSenderIsRead() {
    let (row, _) = read(
      "reject: header Subject: x from h.example[192.0.2.9]; from=<a b@d.example> to=<r@mx.example> "
        + "proto=ESMTP helo=<h>: 5.7.1 no")
    #expect(row.sender == "a b@d.example" && row.clientAddress == "192.0.2.9" && row.text == "no")
  }

  @Test func lineThatWasCutTellsItsClient() {
    let (row, _) = read(
      "reject: header Subject: x from h.example[192.0.2.9]; from=<s@d.example> to=<r@mx.exa")
    #expect(row.clientAddress == "192.0.2.9" && row.sender == "s@d.example" && row.recipient == nil)
    #expect(row.command == "header")
  }

  @Test func textThatImitatesAttributesChangesNone() {
    let (row, _) = read(
      "reject: body \(String(repeating: "x", count: 180)) from h.example[192.0.2.9]; from=<s@d.example> "
        + "to=<r@mx.example> proto=ESMTP helo=<h>: 5.7.1 no from fake[192.0.2.66]; from=<a> to=<b>: 5.0.0 z"
    )
    #expect(row.clientAddress == "192.0.2.9" && row.sender == "s@d.example")
    #expect(row.enhancedCode == "5.7.1")
  }
}
