import Attribution
import MailLog
import PostfixConfig
import Testing

@Suite struct CauseTests {
  private let heloDenied = "554 5.7.1 <h>: Helo command rejected: Access denied"
  private let notQualified = "504 5.5.2 <h>: Helo command rejected: need fully-qualified hostname"
  private let noAddress = "501 5.5.2 <h>: Helo command rejected: invalid ip address"

  /// Groups of equal counts stand in one order, though the table behind them has another in each run.
  @Test func openGroupsOfEqualCountsAreInOrder() {
    let subjects = ["Client host", "Helo command", "Sender address", "Recipient address"]
    let texts = subjects.flatMap {
      ["554 5.7.1 <x>: \($0) rejected: Access denied", "554 5.7.1 <x>: \($0) rejected: go"]
    }
    let lines = texts.flatMap { [reject($0), reject($0, isTrial: true)] }
    let snapshot = snapshot(lines.joined())
    for groups in [snapshot.open, snapshot.openTrial] {
      #expect(groups.count == texts.count && groups.allSatisfy { $0.count == 1 })
      let candidates = groups.map(\.candidates)
      #expect(candidates == candidates.sorted { $0.lexicographicallyPrecedes($1) })
    }
  }

  @Test func withoutPolicyAmbiguousStaysOpen() {
    let snapshot = snapshot(reject(heloDenied) + reject(notQualified))
    #expect(snapshot["reject_non_fqdn_helo_hostname"]?.rejects == 1)
    #expect(snapshot.open.map(\.count) == [1])
    #expect(snapshot.open.first?.candidates.contains { $0.name == "check_helo_access" } == true)
    #expect(snapshot.attributed == snapshot.rejects)
  }

  @Test func policyLeavesOne() {
    let snapshot = snapshot(
      reject(heloDenied) + reject(noAddress),
      policy: service([
        .helo: ["permit_mynetworks", "check_helo_access hash:/x", "reject_invalid_helo_hostname"],
        .recipient: ["reject"],
      ]))
    #expect(snapshot["check_helo_access", "hash:/x"]?.rejects == 1)
    #expect(snapshot["reject_invalid_helo_hostname"]?.rejects == 1)
    #expect(snapshot.open.isEmpty)
  }

  @Test func severalInThePolicyAreOneOpenGroupAndMarkTheirRows() {
    let policy = service([.helo: ["check_helo_access hash:/x", "check_helo_access hash:/y"]])
    let snapshot = snapshot(reject(heloDenied) + reject(notQualified), policy: policy)
    #expect(
      snapshot.open == [
        OpenGroup(
          tag: "postfix",
          candidates: [
            CauseCandidate(name: "check_helo_access", argument: "hash:/x"),
            CauseCandidate(name: "check_helo_access", argument: "hash:/y"),
          ], count: 1)
      ])
    let shown = counts(for: policy, in: snapshot)
    #expect(shown.joined().filter(\.isAtLeast).count == 2)
    #expect(snapshot.attributed == snapshot.rejects)
  }

  /// All three HELO restrictions refuse a malformed address literal with the same words, so the first
  /// of the list decides.
  @Test func theFirstOfTheListRefusesAMalformedLiteral() {
    let snapshot = snapshot(
      reject(noAddress),
      policy: service([
        .helo: [
          "permit_mynetworks", "reject_non_fqdn_helo_hostname", "reject_invalid_helo_hostname",
        ]
      ]))
    #expect(snapshot["reject_non_fqdn_helo_hostname"]?.rejects == 1)
    #expect(snapshot.open.isEmpty)
  }

  @Test func unreachableAndOffCannotBeTheCause() {
    let snapshot = snapshot(
      reject(noAddress),
      policy: service([
        .helo: [
          "off:reject_invalid_helo_hostname", "dead:reject_unknown_helo_hostname",
          "reject_non_fqdn_helo_hostname",
        ]
      ]))
    #expect(snapshot["reject_non_fqdn_helo_hostname"]?.rejects == 1)
  }

  @Test func trialIsCountedApartByTheTrialState() {
    let snapshot = snapshot(
      reject(noAddress, isTrial: true) + reject(noAddress),
      policy: service([
        .helo: ["trial:reject_invalid_helo_hostname", "reject_non_fqdn_helo_hostname"]
      ]))
    #expect(snapshot["reject_invalid_helo_hostname"]?.trial == 1)
    #expect(snapshot["reject_invalid_helo_hostname"]?.rejects == 0)
    #expect(snapshot["reject_non_fqdn_helo_hostname"]?.rejects == 1)
    #expect(snapshot.rejects == 1)
    #expect(snapshot.trial == 1)
  }

  @Test func oldSpellingIsCountedUnderTheNameOfThePolicy() {
    let snapshot = snapshot(
      reject("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"),
      policy: service([.client: ["reject_unknown_client"]]))
    #expect(snapshot["reject_unknown_client"]?.rejects == 1)
  }

  @Test func tagsAreKeptApart() {
    let snapshot = snapshot(
      reject(heloDenied, tag: "postfix/submission") + reject(heloDenied),
      policy: service([.helo: ["check_helo_access hash:/a"]]),
      service("submission", tag: "postfix/submission", [.helo: ["reject"]]))
    #expect(snapshot["check_helo_access", "hash:/a"]?.rejects == 1)
    #expect(snapshot["reject", nil, tag: "postfix/submission"]?.rejects == 1)
  }

  @Test func listWithAReplyFilterIsNamedAsWritten() {
    let blocked =
      "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example; listed"
    let filtered = "reject_rbl_client bl.example=127.0.0.[2..9]"
    let one = snapshot(reject(blocked), policy: service([.recipient: [filtered]]))
    #expect(one["reject_rbl_client", "bl.example=127.0.0.[2..9]"]?.rejects == 1)
    let two = snapshot(
      reject(blocked),
      policy: service([.recipient: [filtered, "reject_rbl_client bl.example=127.0.0.11"]]))
    #expect(two.open.map(\.candidates.count) == [2])
    #expect(two.attributed == 1)
  }

  /// Without a policy of the time the log tells no filter: shown once, at the first.
  @Test func filtersOfOneListShowALineOnce() {
    let blocked =
      "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example; listed"
    let policy = service([
      .client: ["off:reject_rbl_client bl.example=127.0.0.9"],
      .recipient: [
        "reject_rbl_client bl.example=127.0.0.2", "reject_rbl_client bl.example=127.0.0.4",
      ],
    ])
    let snapshot = snapshot(reject(blocked), epochs: [])
    let shown = counts(for: policy, in: snapshot).joined()
    #expect(shown.map(\.rejects) == [0, 1, 0])
    #expect(shown.map(\.countedAt) == [.recipient, nil, .recipient])
    // What the policy of the time told apart stays apart.
    let known = CauseTests.snapshotOf(
      reject(blocked), service([.recipient: ["reject_rbl_client bl.example=127.0.0.4"]]))
    #expect(counts(for: policy, in: known).joined().map(\.rejects) == [0, 0, 1])
  }

  private static func snapshotOf(_ text: String, _ service: ServicePolicy) -> LogSnapshot {
    snapshot(text, policy: service)
  }

  /// Tables are told by their whole name: none is part of another.
  @Test func tablesAreNoFiltersOfAList() {
    let policy = service([.helo: ["check_helo_access pcre:/x", "check_helo_access pcre:/x=y"]])
    let known = snapshot(
      reject(heloDenied), policy: service([.helo: ["check_helo_access pcre:/x"]]))
    let shown = counts(for: policy, in: known).joined()
    #expect(shown.map(\.rejects) == [1, 0])
    #expect(shown.allSatisfy { $0.countedAt == nil })
  }

  @Test func genericRestrictionsOnlyCountInTheListThatTheTextNames() {
    let snapshot = snapshot(
      reject(heloDenied), policy: service([.helo: ["reject"], .recipient: ["reject"]]))
    #expect(snapshot["reject"]?.rejects == 1)
    let none = CauseTests.rowsOf(
      reject(heloDenied), service([.recipient: ["reject", "check_policy_service unix:x"]]))
    #expect(none.isEmpty)
  }

  private static func rowsOf(_ text: String, _ service: ServicePolicy) -> [RowKey: RowCount] {
    snapshot(text, policy: service).rows
  }

  @Test func noLongerInThePolicyStillHasARow() {
    let snapshot = snapshot(reject(notQualified), policy: service([.helo: ["permit"]]))
    #expect(snapshot["reject_non_fqdn_helo_hostname"]?.rejects == 1)
    #expect(snapshot.attributed == 1)
  }

  @Test func policyInForceDecidesAndChangesAreMarked() {
    let before = Policy(services: [service([.helo: ["trial:reject_non_fqdn_helo_hostname"]])])
    let after = Policy(services: [service([.helo: ["reject_non_fqdn_helo_hostname"]])])
    let change = LogTime(seconds: nineOClock.seconds + 30)
    let text =
      (0..<30).map { reject(notQualified, second: $0, isTrial: true) }.joined()
      + (30..<50).map { reject(notQualified, second: $0) }.joined()
    let snapshot = snapshot(
      text,
      epochs: [
        PolicyEpoch(since: LogTime(seconds: 0), policy: before),
        PolicyEpoch(since: change, policy: after),
      ])
    let row = snapshot["reject_non_fqdn_helo_hostname"]
    #expect(row?.rejects == 20)
    #expect(row?.trial == 30)
    #expect(row?.since == change)
    #expect(row?.rejectsSinceChange == 20)
    #expect(row?.trialSinceChange == 0)
    let shown = counts(for: after.services[0], in: snapshot)[1][0]
    #expect(shown.rejects == 20)
    #expect(shown.trialBefore == 30)
    #expect(shown.since == change)
  }

  @Test func beforeTheFirstKnownPolicyAmbiguousStaysOpen() {
    let policy = Policy(services: [service([.helo: ["check_helo_access hash:/a"]])])
    let snapshot = snapshot(
      reject(heloDenied, second: 5) + reject(heloDenied, second: 15),
      epochs: [PolicyEpoch(since: LogTime(seconds: nineOClock.seconds + 10), policy: policy)])
    #expect(snapshot.open.map(\.count) == [1])
    #expect(snapshot["check_helo_access", "hash:/a"]?.rejects == 1)
    #expect(snapshot["check_helo_access", "hash:/a"]?.isAtLeast == true)
  }

  @Test func sessionKeepsThePolicyThatItBeganWith() {
    let first = Policy(services: [service([.helo: ["check_helo_access hash:/a"]])])
    let second = Policy(services: [service([.helo: ["reject"]])])
    let connect = "Nov 22 09:00:00 mx postfix/smtpd[7]: connect from x[192.0.2.1]\n"
    let snapshot = snapshot(
      connect + reject(heloDenied, second: 20) + reject(heloDenied, pid: 8, second: 20),
      epochs: [
        PolicyEpoch(since: LogTime(seconds: 0), policy: first),
        PolicyEpoch(since: LogTime(seconds: nineOClock.seconds + 10), policy: second),
      ])
    #expect(snapshot["check_helo_access", "hash:/a"]?.rejects == 1)
    #expect(snapshot["reject"]?.rejects == 1)
  }

  @Test func displayCountsStandAtTheFirstReachableOccurrence() {
    let smtp = service([
      .helo: ["off:reject_non_fqdn_helo_hostname"],
      .sender: ["reject_non_fqdn_helo_hostname"],
      .recipient: ["reject_non_fqdn_helo_hostname", "reject_unauth_destination"],
    ])
    let shown = counts(
      for: smtp, in: snapshot(reject(notQualified) + reject(notQualified), policy: smtp))
    #expect(shown.map(\.count) == smtp.lists.map(\.restrictions.count))
    #expect(shown[1][0].countedAt == .sender)
    #expect(shown[2][0].rejects == 2)
    #expect(shown[4][0].countedAt == .sender)
    #expect(shown[4][0].rejects == 0)
    #expect(shown[4][1].rejects == 0)
  }

  @Test func rowIsAttributedAsItsCountIs() {
    var reader = LogRowReader(reference: testReference)
    let line = Array(reject(heloDenied).utf8.dropLast())
    let row = reader.row(line.span)
    let policy = Policy(services: [service([.helo: ["check_helo_access hash:/x"]])])
    #expect(
      attribute(row: row, policy: policy)
        == .restriction(name: "check_helo_access", argument: "hash:/x"))
    #expect(attribute(row: row, policy: policy)?.summary == "check_helo_access hash:/x")
    guard case .open(let candidates) = attribute(row: row, policy: nil) else {
      Issue.record("without a policy the cause is open")
      return
    }
    #expect(candidates.count > 1)
  }

  /// `default_rbl_reply = $rbl_code Go away, see http://$rbl_domain/`
  private let ownWords = "554 5.7.1 Go away, see http://bl.example/"

  @Test func ownWordsOfADNSListAreItsWhereThePolicyHasOne() {
    var policy = service([
      .client: ["off:reject_rbl_client old.example", "reject_rbl_client bl.example=127.0.0.2"]
    ])
    #expect(snapshot(reject(ownWords), policy: policy)["unknown"]?.rejects == 1)
    policy.customizesDNSListReplies = true
    let placed = snapshot(reject(ownWords), policy: policy)
    #expect(placed["reject_rbl_client", "bl.example=127.0.0.2"]?.rejects == 1)
    #expect(counts(for: policy, in: placed)[0][1].rejects == 1)
    policy.lists = service([.helo: ["reject_unknown_helo_hostname"]]).lists
    #expect(snapshot(reject(ownWords), policy: policy)["unknown"]?.rejects == 1)
  }

  @Test func ownWordsOfSeveralDNSListsAreAnOpenGroup() {
    var policy = service([
      .client: ["reject_rbl_client bl.example"], .sender: ["reject_rhsbl_sender rh.example"],
      .recipient: ["trial:reject_rbl_client zen.example"],
    ])
    policy.customizesDNSListReplies = true
    let placed = snapshot(reject(ownWords) + reject(ownWords, isTrial: true), policy: policy)
    #expect(placed.open.map { $0.candidates.map(\.argument) } == [["bl.example", "rh.example"]])
    #expect(placed["reject_rbl_client", "zen.example"]?.trial == 1)
    #expect(placed.attributed == placed.rejects)
  }

  /// A text that an address makes ambiguous is nobody's, and least of all a list's.
  @Test func undecidedTextIsNoDNSLists() {
    var policy = service([.recipient: ["reject_rbl_client bl.example"]])
    policy.customizesDNSListReplies = true
    let address = "v@test.example>: Recipient address rejected: User unknown@evil.example"
    let line =
      "Nov 22 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from u[192.0.2.1]: 450 4.1.8 "
      + "<\(address)>: Sender address rejected: Domain not found; from=<\(address)> "
      + "to=<v@test.example> proto=ESMTP helo=<h>"
    #expect(snapshot(line + "\n", policy: policy)["unknown"]?.rejects == 1)
    var reader = LogRowReader(reference: testReference)
    let cause = attribute(
      row: reader.row(Array(line.utf8).span), policy: Policy(services: [policy]))
    #expect(cause == .restriction(name: "unknown", argument: nil))
  }

  @Test func rowsGoByThePolicyInForceWhenTheirSessionBegan() {
    let first = service([.helo: ["check_helo_access hash:/old"]])
    let second = service([.helo: ["check_helo_access hash:/new"]])
    var causes = RowCauses(epochs: [
      PolicyEpoch(since: nineOClock, policy: Policy(services: [first])),
      PolicyEpoch(
        since: LogTime(seconds: nineOClock.seconds + 5), policy: Policy(services: [second])),
    ])
    var reader = LogRowReader(reference: testReference)
    let connect = { (pid: Int, second: Int) in
      "Nov 22 09:00:0\(second) mx postfix/smtpd[\(pid)]: connect from x[192.0.2.1]"
    }
    let lines = [
      connect(7, 1), connect(8, 6), reject(heloDenied, pid: 7, second: 8),
      reject(heloDenied, pid: 8, second: 8),
      "Nov 22 09:00:09 mx postfix/smtpd[7]: disconnect from x[192.0.2.1] commands=0/0",
      reject(heloDenied, pid: 7, second: 9), String("Nov 22 08" + reject(heloDenied).dropFirst(9)),
    ]
    let found = lines.map { line in
      causes.cause(of: reader.row(Array(line.utf8.filter { $0 != 0x0A }).span))
    }
    let causesSeen = found.map { cause in
      if case .restriction(_, let argument)? = cause { argument } else { nil as String? }
    }
    #expect(causesSeen == [nil, nil, "hash:/old", "hash:/new", nil, "hash:/new", nil])
    if case .open? = found[6] {} else { Issue.record("before the first policy it is open") }
  }
}
