import Attribution
import MailLog
import PostfixConfig

/// Gathers the mails that would be lost by client and sender domain, the most trusted first.
struct VictimList {
  private struct Key: Hashable {
    var address: String
    var domain: String
    var restriction: String
  }

  private(set) var victims: [RehearsalAnswer.Victim] = []

  init(traffic: PastTraffic, verdicts: [Verdict], policy: Policy) {
    var trust: [[String]: Int] = [:]
    for mail in traffic.accepted { trust[Self.pair(mail.question), default: 0] += mail.count }
    var found: [Key: RehearsalAnswer.Victim] = [:]
    for (mail, verdict) in zip(traffic.accepted, verdicts) {
      guard case .refused(let refusal) = verdict else { continue }
      let question = mail.question
      let cause = refusal.cause(of: question, policy: policy)
      let words = cause?.summary ?? "unknown"
      let key = Key(
        address: question.clientAddress, domain: question.senderDomain, restriction: words)
      if let index = found.index(forKey: key) {
        found.values[index].lost += mail.count
        found.values[index].lastSeen = max(found.values[index].lastSeen, mail.lastSeen)
      } else {
        found[key] = RehearsalAnswer.Victim(
          clientName: question.clientName, clientAddress: question.clientAddress,
          network: question.network, senderDomain: question.senderDomain, helo: question.helo,
          lost: mail.count, acceptedBefore: trust[Self.pair(question)] ?? mail.count,
          lastSeen: mail.lastSeen, restriction: words, reply: refusal.reply,
          exception: SavingException(for: question, cause: cause, policy: policy))
      }
    }
    victims = found.values.sorted {
      ($1.acceptedBefore, $1.lastSeen, $0.clientAddress, $0.senderDomain)
        < ($0.acceptedBefore, $0.lastSeen, $1.clientAddress, $1.senderDomain)
    }
  }

  private static func pair(_ question: PastQuestion) -> [String] {
    [question.network, question.senderDomain]
  }
}

extension SavingException {
  /// The exception for one client in front of the restriction that refuses it; nil when the cause is
  /// open or stands in no list.
  ///
  /// By the client's address, since HELO names and sender addresses can be forged. In a list that also
  /// decides who may relay, `OK` would let the client relay; `permit_auth_destination` does not.
  init?(for question: PastQuestion, cause: Cause?, policy: Policy) {
    guard case .restriction(let name, let argument)? = cause else { return nil }
    let lists = policy.services.filter { $0.tag == question.tag }.flatMap(\.lists)
    guard
      let (list, found) = lists.lazy.compactMap({ list in
        list.restrictions.first {
          $0.state == .on && $0.isReachable && canonicalName($0.name) == canonicalName(name)
            && (argument == nil || $0.argument == argument)
        }.map { (list, $0) }
      }).first
    else { return nil }
    before = found.argument.map { "\(found.name) \($0)" } ?? found.name
    parameter = found.origin.parameter
    if question.user != nil {
      (restriction, line) = ("permit_sasl_authenticated", nil)
      return
    }
    let permits = [.recipient, .relay].contains(list.stage) ? "permit_auth_destination" : "OK"
    restriction = "check_client_access"
    line = "\(question.clientAddress) \(permits)"
  }
}
