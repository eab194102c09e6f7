/// What changes for clients between two states of postscreen(8), one sentence each.
struct PostscreenDifference {
  let old: PostscreenPolicy?
  let new: PostscreenPolicy?

  var sentences: [String] {
    guard let new else { return old.map { ["\($0.service) postscreen: it is gone"] } ?? [] }
    guard let old else { return ["\(new.service) postscreen: it is new"] }
    let parts = tests(old, new) + sites(old, new) + threshold(old, new) + accessList(old, new)
    return parts.map { "\(new.service) postscreen: \($0)" }
  }

  private func tests(_ old: PostscreenPolicy, _ new: PostscreenPolicy) -> [String] {
    new.tests.compactMap { test in
      guard let former = old.tests.first(where: { $0.name == test.name }) else { return nil }
      if former.state == test.state {
        guard former.action != test.action, test.state == .on else { return nil }
        return "\(test.name) answers with \(test.action), no longer with \(former.action)"
      }
      switch test.state {
      case .on: return "\(test.name) refuses from now on (\(test.action))"
      case .trial: return "\(test.name) logs and refuses nobody"
      case .off: return "\(test.name) is switched off"
      }
    }
  }

  private func sites(_ old: PostscreenPolicy, _ new: PostscreenPolicy) -> [String] {
    func text(_ site: PostscreenPolicy.Site) -> String {
      site.domain + (site.filter.map { "=\($0)" } ?? "")
    }
    var sentences: [String] = []
    var left = old.sites
    for site in new.sites {
      let same = left.firstIndex { $0.domain == site.domain && $0.filter == site.filter }
      guard let same else {
        sentences.append("the DNS list \(text(site)) is added with weight \(site.weight)")
        continue
      }
      let weight = left.remove(at: same).weight
      if weight != site.weight {
        sentences.append("\(text(site)) counts \(site.weight), no longer \(weight)")
      }
    }
    return sentences + left.map { "the DNS list \(text($0)) is dropped" }
  }

  private func threshold(_ old: PostscreenPolicy, _ new: PostscreenPolicy) -> [String] {
    guard old.threshold != new.threshold, !new.sites.isEmpty else { return [] }
    func text(_ number: Int?) -> String { number.map(String.init) ?? "no number" }
    return [
      "a client fails dnsbl from \(text(new.threshold)) points on, no longer from \(text(old.threshold))"
    ]
  }

  private func accessList(_ old: PostscreenPolicy, _ new: PostscreenPolicy) -> [String] {
    guard old.accessList != new.accessList else { return [] }
    let added = new.accessList.filter { !old.accessList.contains($0) }
    let dropped = old.accessList.filter { !new.accessList.contains($0) }
    let parts =
      added.map { "\($0) is added to the access list" }
      + dropped.map { "\($0) is dropped from the access list" }
    return parts.isEmpty ? ["the access list is in another order"] : parts
  }
}
