import MailLog
import PostfixConfig

/// The cause of one reject line for the log view; nil for a line that is no reject.
public func attribute(row: LogRow, policy: Policy?) -> Cause? {
  guard row.kind == .reject || row.kind == .trial, !row.candidates.isEmpty else { return nil }
  return CauseResolver(policy: policy).cause(of: row)
}

extension Cause {
  /// In a few words: `reject_rbl_client zen.example`, or `one of check_helo_access, reject`.
  public var summary: String {
    switch self {
    case .restriction(let name, let argument):
      return argument.map { "\(name) \($0)" } ?? name
    case .open(let candidates):
      let names = candidates.map { candidate in
        candidate.argument.map { "\(candidate.name) \($0)" } ?? candidate.name
      }
      return "one of " + names.joined(separator: ", ")
    }
  }
}

/// The live sessions of the log with their last verdict in words.
public func liveSessions(_ sessions: [OpenSession], policy: Policy?) -> [LiveSession] {
  let resolver = CauseResolver(policy: policy)
  return sessions.map { open in
    var live = open.session
    switch open.verdict {
    case .rejected(let command, let signature, let argument)?:
      live.verdict =
        "rejected at \(command): "
        + resolver.words(signature, argument, tag: live.tag, isTrial: false)
    case .trial(let command, let signature, let argument)?:
      live.verdict =
        "trial at \(command): " + resolver.words(signature, argument, tag: live.tag, isTrial: true)
    case .accepted?: live.verdict = "message accepted"
    case .lost?: live.verdict = "connection lost"
    case .authFailed?: live.verdict = "authentication failed"
    case nil: break
    }
    return live
  }
}

extension CauseResolver {
  fileprivate func words(
    _ signature: RejectSignature, _ argument: String?, tag: String, isTrial: Bool
  ) -> String {
    let candidates = signature.candidates.map { CauseCandidate(name: $0, argument: argument) }
    return cause(candidates, of: signature, tag: tag, isTrial: isTrial).summary
  }
}

/// True when two names mean the same restriction, old spellings included.
public func isSameRestriction(_ left: String, _ right: String) -> Bool {
  RestrictionNames.canonical(left) == RestrictionNames.canonical(right)
}
