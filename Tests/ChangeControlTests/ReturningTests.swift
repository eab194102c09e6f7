import PostfixConfig
import PostfixHost
import TestSupport
import Testing

@testable import ChangeControl

/// In a list that stands on one line a restriction that is switched off leaves no trace; the history
/// knows where it stood.
@Suite(.enabled(if: canRunPostfix, "SKIPPED: needs root and an installed Postfix"))
struct ReturningTests {
  private static let list =
    "smtpd_helo_restrictions = permit_mynetworks, reject_non_fqdn_helo_hostname, reject_invalid_helo_hostname, reject_unlisted_sender, permit\n"

  @Test func whatAnEarlierChangeTookOutComesBackToItsPlace() throws {
    let scratch = try ScratchInstance(
      "smtpd_helo_required = yes\n" + Self.list, start: false)
    let transaction = Transaction(
      instance: scratch.instance, state: try scratch.state, commands: CommandLog())
    var options = ChangeOptions()
    options.settleSeconds = 0.2
    let original = try scratch.mainText
    let parameter = "smtpd_helo_restrictions"
    let name = "reject_non_fqdn_helo_hostname"
    let target = RestrictionTarget(parameter: parameter, name: name)
    func present() throws -> Configuration {
      try scratch.instance.loadConfiguration().configuration
    }
    let service = try #require(try present().policy().services.first).service.description
    let insertion = Edit.insert(
      stage: .helo, service: service, name: name, argument: nil, state: .on)
    #expect(transaction.returning(insertion, to: try present()) == nil)
    _ = try transaction.apply(.edits([.setState(target, .off)]), options: options)
    _ = try transaction.apply(
      .edits([.setParameter(name: "smtpd_banner", value: "$myhostname ESMTP", service: nil)]),
      options: options)
    // Where it works is not where it stood.
    let elsewhere = try present().applying([insertion])
    let now = try present()
    let back = try #require(transaction.returning(insertion, to: now))
    #expect(elsewhere != (try present().applying([back])))
    _ = try transaction.apply(.edits([back]), options: options)
    #expect(try scratch.mainText == original + "smtpd_banner = $myhostname ESMTP\n")
    // Its neighbours have gone: nothing is guessed.
    _ = try transaction.apply(.edits([.setState(target, .off)]), options: options)
    try scratch.write(
      "main.cf",
      try scratch.mainText.replacing(
        "permit_mynetworks, ", with: "permit_mynetworks, reject_rhsbl_helo a.example, "))
    #expect(transaction.returning(insertion, to: try present()) == nil)
  }
}
