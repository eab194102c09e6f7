import PostfixConfig

/// How far the log lets a rehearsal answer for one restriction.
public enum Grade: String, Hashable, Sendable, CaseIterable, Comparable {
  /// The log holds all that the restriction looks at.
  case exact
  /// Exact for mail whose HELO name the log holds; accepted mail logs none unless it is recorded.
  case heloNames = "helo_names"
  /// DNS is asked again: the answer is that of now, not that of the time.
  case askedToday = "asked_today"
  /// What it looks at is in no log, or it asks somebody else.
  case notKnowable = "not_knowable"

  /// The surer grade is less.
  public static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a rehearsal can say about one restriction, and why not more.
public struct RestrictionGrade: Hashable, Sendable {
  /// The restriction's name as Postfix spells it now.
  public var name: String
  /// What stands behind the name.
  public var argument: String?
  /// How far the answer goes.
  public var grade: Grade
  /// True when it looks at the HELO name, which accepted mail logs only when it is recorded.
  public var needsHelo: Bool
  /// One sentence: what the grade means for this restriction.
  public var reason: String

  /// Grades a restriction in the list of a stage.
  ///
  /// - Parameter verifies: other mail servers may be asked whether an address exists.
  public init(name: String, argument: String?, stage: Stage, verifies: Bool = false) {
    self.name = name
    self.argument = argument
    let info = Catalog.restriction(named: name)
    let canonical = info?.replacedBy ?? info?.name ?? name
    needsHelo = info?.stages.first == .helo
    if verifies && canonical.hasPrefix("reject_unverified_") {
      grade = .askedToday
      reason = "other mail servers are asked now whether the address exists"
    } else if let obstacle = Self.obstacle(canonical, stage) {
      (grade, reason) = (.notKnowable, obstacle)
    } else if canonical.contains("reverse_client") {
      grade = .askedToday
      reason = "the log does not hold reverse names; they are asked of DNS again"
    } else if info?.needsDNS == true, canonical != "reject_unknown_client_hostname" {
      grade = .askedToday
      reason =
        argument == nil || info?.argument?.hasPrefix("domain") != true
        ? "DNS is asked again: its answers are those of now"
        : "DNS is asked again: its answers are those of now, and who runs the list sees the questions"
    } else if needsHelo {
      grade = .heloNames
      reason = "exact where the HELO name is known; accepted mail logs it only when it is recorded"
    } else if argument.map(Self.isRemoteTable) == true {
      grade = .askedToday
      reason = "its table is looked up as it stands now"
    } else {
      grade = .exact
      reason = "the log holds all that it looks at"
    }
  }

  /// Why nothing can be said, nil when something can.
  private static func obstacle(_ name: String, _ stage: Stage) -> String? {
    switch name {
    case "check_policy_service":
      return "a policy service answers as it likes and may learn from being asked"
    case "reject_unverified_sender", "reject_unverified_recipient":
      return "it asks other mail servers, which a rehearsal does on explicit demand only"
    case "reject_unauth_pipelining": return "the log does not say who talks out of turn"
    case "reject_plaintext_session", "permit_tls_clientcerts", "permit_tls_all_clientcerts",
      "check_ccert_access":
      return "the log does not say what was encrypted, or with which certificate"
    case "permit_inet_interfaces": return "it looks at the real connection"
    case "sleep": return "it only waits"
    default: break
    }
    switch stage {
    case .data, .endOfData: return "it runs after RCPT, where a rehearsal ends"
    case .etrn: return "it runs for ETRN only"
    default: return nil
    }
  }

  private static func isRemoteTable(_ argument: String) -> Bool {
    let remote = ["ldap:", "mysql:", "pgsql:", "socketmap:", "tcp:", "memcache:", "mongodb:"]
    return remote.contains { argument.hasPrefix($0) || argument.hasPrefix("proxy:" + $0) }
  }
}
