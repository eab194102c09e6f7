/// What postscreen(8) asks of a client before smtpd sees it.
public struct PostscreenPolicy: Hashable, Sendable {
  /// One test of postscreen.
  public struct Test: Hashable, Sendable {
    /// `deny_list`, `greet`, `dnsbl`, `pipelining`, `non_smtp_command` or `bare_newline`.
    public var name: String
    /// On where a failure refuses, on trial where it is only logged, off where it is not run.
    public var state: RestrictionState
    /// The value of the action as Postfix reads it: `ignore`, `enforce` or `drop`.
    public var action: String
    /// The parameter that holds the action.
    public var parameter: String
    /// Where the action is set; line 0 for Postfix's default.
    public var location: SourceLocation
  }

  /// One DNS list of `postscreen_dnsbl_sites`.
  public struct Site: Hashable, Sendable {
    /// The domain that is asked.
    public var domain: String
    /// The answers that count, as written; nil for all.
    public var filter: String?
    /// What an answer adds to the score; negative for a list of good clients.
    public var weight: Int
  }

  /// The service of master.cf that runs postscreen, for example `smtp/inet`.
  public var service: ServiceID
  /// `postscreen_access_list`, expanded, word by word.
  public var accessList: [String]
  /// The tests in the order in which a client meets them.
  public var tests: [Test]
  /// The DNS lists behind the test `dnsbl`.
  public var sites: [Site]
  /// The score from which a client fails the test `dnsbl`; nil where it is no number.
  public var threshold: Int?
}

extension PostscreenPolicy {
  private static let tests: [(name: String, action: String, enable: String?)] = [
    ("deny_list", "postscreen_denylist_action", nil),
    ("greet", "postscreen_greet_action", nil),
    ("dnsbl", "postscreen_dnsbl_action", nil),
    ("pipelining", "postscreen_pipelining_action", "postscreen_pipelining_enable"),
    (
      "non_smtp_command", "postscreen_non_smtp_command_action",
      "postscreen_non_smtp_command_enable"
    ),
    ("bare_newline", "postscreen_bare_newline_action", "postscreen_bare_newline_enable"),
  ]

  /// What the entry with postscreen does; the caller hands in what its program sees.
  init(_ entry: MasterEntry, _ scope: Scope) {
    func value(_ name: String) -> String {
      let value = try? scope.value(of: name)
      return (value ?? nil) ?? ""
    }
    service = entry.id
    accessList = listWords(value("postscreen_access_list"))
    sites = listWords(value("postscreen_dnsbl_sites")).map { word in
      let list = DNSListEntry(word)
      return Site(
        domain: list.domain, filter: list.filter, weight: list.weight.flatMap { Int($0) } ?? 1)
    }
    threshold = Int(value("postscreen_dnsbl_threshold"))
    let hasSites = !sites.isEmpty
    tests = Self.tests.map { test in
      let action = value(test.action).asciiLowercased
      let isRun =
        test.enable.map { value($0).asciiLowercased == "yes" } ?? (test.name != "dnsbl" || hasSites)
      let state: RestrictionState =
        !isRun ? .off : ["enforce", "drop"].contains(action) ? .on : .trial
      return Test(
        name: test.name, state: state, action: action, parameter: test.action,
        location: scope.location(of: test.action))
    }
  }
}

extension Scope {
  /// Where a value that this program reads is set; line 0 for Postfix's default.
  fileprivate func location(of name: String) -> SourceLocation {
    switch source(of: name) {
    case .main:
      return configuration.main.location(of: name)
        ?? SourceLocation(file: .main, line: 0, column: 0)
    case .override(let entry, _):
      let master = configuration.master
      let start = master.entries[entry].override(of: name)?.range.lowerBound ?? 0
      return master.text.location(of: start, in: .master)
    case .standard, nil: return SourceLocation(file: .main, line: 0, column: 0)
    }
  }
}
