import ChangeControl
import HostSystem
import PostfixConfig
import PostfixHost
import Rehearsal

extension Context {
  /// Which recently accepted mail a change would refuse; nil without root, without a log, when nothing
  /// changes, and when the change does not fit, which its own run then says.
  ///
  /// Takes about a second at most.
  func recentClients(hurtBy change: Change) -> RecentClients? {
    guard isPrivileged, let source = logSource(), let transaction = try? transaction(),
      let base = try? instance.loadConfiguration().configuration,
      let candidate = try? transaction.candidate(of: change, on: base), candidate != base,
      // What our own checks forbid is refused anyway.
      !Preflight.findings(of: candidate, base: base, on: instance).contains(where: {
        $0.addedByDraft && $0.findingClass.blocks
      })
    else { return nil }
    let edits: [Edit] = if case .edits(let edits) = change { edits } else { [] }
    do {
      let traffic = try PastTraffic.recent(in: source)
      guard !traffic.accepted.isEmpty else { return nil }
      try instance.requireTrusted()
      let staging = try StateDirectory().stagingDirectory()
      let layout = try instance.layout(of: base, below: staging)
      try requireTrust(layout.daemonDirectory)
      return try Rehearsal(instance: instance, layout: layout, stagingDirectory: staging)
        .recentClients(refusedBy: candidate, edits: edits, base: base, in: traffic)
    } catch {
      var unknown = RecentClients()
      unknown.unknowns = ["what recently accepted clients would meet: \(error)"]
      return unknown
    }
  }
}

extension RecentClients {
  /// The member `newly_refused` of the JSON of commands that change something.
  var json: JSONValue {
    [
      "judged": .int(judged), "not_judged": .int(notJudged),
      "since": .optional(since?.rfc3339),
      "clients": .array(
        victims.map { victim in
          [
            "client": [
              "name": .optional(victim.clientName), "address": .string(victim.clientAddress),
            ],
            "sender_domain": .string(victim.senderDomain), "mails": .int(victim.lost),
            "accepted_before": .int(victim.acceptedBefore),
            "last_seen": .string(victim.lastSeen.rfc3339), "reply": .string(victim.reply),
          ]
        }), "unknowns": .strings(unknowns),
    ]
  }
}
