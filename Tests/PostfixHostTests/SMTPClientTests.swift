import HostSystem
import Testing

@testable import PostfixHost

@Suite struct SMTPClientTests {
  @Test func repliesAreTakenApart() throws {
    let line = try #require(SMTPReply.Line(Array("554-5.7.1 no way".utf8)))
    #expect(line.code == 554 && !line.isLast)
    #expect(line.enhanced == "5.7.1" && line.text == "no way")
    let bare = try #require(SMTPReply.Line(Array("250".utf8)))
    #expect(bare.isLast && bare.enhanced == nil && bare.text.isEmpty)
    let address = try #require(SMTPReply.Line(Array("220 10.0.0 host".utf8)))
    #expect(address.enhanced == nil)
    for wrong in ["", "25", "abc", "199 x", "600 x", "250_x", "HTTP/1.1"] {
      #expect(SMTPReply.Line(Array(wrong.utf8)) == nil, "\(wrong)")
    }
  }

  @Test func xclientValuesAreXtext() {
    let client = SMTPPretendedClient(
      address: "2001:db8::1", name: .unavailable, reverseName: .known("a+b=c d"),
      helo: "grüße", login: "anna@example.org")
    #expect(
      client.command
        == "XCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=a+2Bb+3Dc+20d ADDR=IPV6:2001:db8::1"
        + " HELO=gr+C3+BC+C3+9Fe LOGIN=anna@example.org")
    #expect(SMTPPretendedClient(address: "192.0.2.1").command == "XCLIENT ADDR=192.0.2.1")
  }

  @Test func messagesAreDotStuffedAndEndWithADot() {
    let sent = SMTPClient.dotStuffed("a\n.\r\n..b".utf8)
    #expect(String(decoding: sent, as: UTF8.self) == "a\r\n..\r\n...b\r\n.\r\n")
    #expect(String(decoding: SMTPClient.dotStuffed([UInt8]()), as: UTF8.self) == ".\r\n")
  }

  @Test func nobodyListeningIsSaidAtOnce() throws {
    let port = try #require(try freeLoopbackPorts(1).first)
    let error = #expect(throws: SMTPError.self) {
      try SMTPClient(connectingTo: .tcp(address: "127.0.0.1", port: port), timeout: 5)
    }
    #expect(error?.description.contains("127.0.0.1:\(port)") == true)
  }
}
