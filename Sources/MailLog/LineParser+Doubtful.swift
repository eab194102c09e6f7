// Replies and attributes that can be told apart in more than one way, or in none.
//
// An address may hold all that stands behind it in the line. What Postfix wrote last stands last, so the
// line's end is read first; where that leaves several beginnings, the reply decides, which names the
// sender or the recipient itself.
extension LineParser {
  /// Ways to read a line that are looked at; in one that has more, nobody can tell.
  static let candidateLimit = 32

  /// What `[ proto=P][ helo=<H>][ sasl_…]` at a line's end tells.
  private struct Tail {
    /// Where the addresses in front of it end.
    var addressesEnd: Int
    /// Where `proto=` stands.
    var proto: Int
    var helo = Slice.none
    /// Where `sasl_…` begins; the line's end without it.
    var sasl: Int
  }

  /// One way to tell text and attributes apart.
  private struct Candidate {
    var textEnd: Int
    var sender = Slice.none
    var recipient = Slice.none
    /// The length of the address that the reply names too; 0 without one.
    var echo = 0
    /// The reply is one of Postfix's own, to its end.
    var isClosed = false
    /// How many addresses are not quoted where they must be, as they are since 3.5.
    var unquoted = 0

    /// Orders by how much speaks for it.
    var rank: (Int, Int, Int) { (echo, isClosed ? 1 : 0, -unquoted) }
  }

  /// Reads a line where the attributes from the first `; KEY=`, at `first`, do not reach to the end.
  ///
  /// - Parameter stop: where they end.
  func splitDoubtful(
    _ line: Span<UInt8>, from start: Int, first: Int, stop: Int, to end: Int,
    into parts: inout LineParts
  ) -> Split {
    if isHelo(parts) {
      return splitRawHelo(line, from: start, first: first, to: end, into: &parts)
    }
    let starts = attributeStarts(line, from: first, to: end)
    guard let tail = tail(line, from: first, to: end), let starts else {
      if starts?.count == 1 {
        if !isCut(line, at: stop, to: end) { clearAttributes(&parts) }
        return Split(end: first)
      }
      clearAttributes(&parts)
      return Split(end: first, isCertain: !isForeign(line, at: start))
    }
    clearAttributes(&parts)
    parts.helo = tail.helo
    // The whole address may not be in the reply, and then either may be where attributes begin.
    if namesAddress(line, from: start, to: end), let cut = replyCut(line, from: start, parts) {
      return Split(end: cut, isCertain: !isForeign(line, at: start))
    }
    let candidates = starts.flatMap {
      self.candidates(line, from: start, at: $0, tail, parts)
    }
    guard candidates.count <= Self.candidateLimit,
      let best = best(of: candidates.map { judged(line, from: start, $0, parts) }),
      // What looks like the end of a line that was cut may stand in an address.
      parts.end - parts.message < Self.messageLimit
        || (best.unquoted == 0 && (best.echo > 0 || best.isClosed))
    else {
      clearAttributes(&parts)
      return Split(end: first, isCertain: !isForeign(line, at: start))
    }
    parts.sender = best.sender
    parts.recipient = best.recipient
    if tail.sasl < end {
      parts.saslUser = loginName(line, from: tail.sasl, to: end)
    }
    return Split(end: best.textEnd)
  }

  /// True for a reply that begins with what it names: its text may end within.
  private func isForeign(_ line: Span<UInt8>, at start: Int) -> Bool {
    line[start] == UInt8(ascii: "<")
  }

  private func namesAddress(_ line: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    isForeign(line, at: start)
      || line.has("Service unavailable; Sender address [", at: start, to: end)
      || line.has("Service unavailable; Recipient address [", at: start, to: end)
  }

  /// Every `; KEY=`; nil when there are too many to be looked at.
  private func attributeStarts(_ line: Span<UInt8>, from start: Int, to end: Int) -> [Int]? {
    var starts: [Int] = []
    var index = start
    while let hit = nextAttributes(line, from: index, to: end) {
      index = hit + 1
      starts.append(hit)
      if starts.count > Self.candidateLimit { return nil }
    }
    return starts
  }

  /// True when the line ends in the midst of an attribute or its name, as one that was cut.
  func isCut(_ line: Span<UInt8>, at stop: Int, to end: Int) -> Bool {
    guard stop < end else { return true }
    let keys: [StaticString] = [
      "from=<", "to=<", "proto=", "helo=<", "sasl_method=", "sasl_username=", "sasl_sender=",
    ]
    let index = line[stop] == UInt8(ascii: " ") ? stop + 1 : stop
    for key in keys {
      let length = min(end - index, key.utf8CodeUnitCount)
      guard (0..<length).allSatisfy({ line[index + $0] == key.utf8Start[$0] }) else { continue }
      if index + length < end, line[index + length] == UInt8(ascii: "\"") {
        return quotedEnd(line, from: index + length, to: end) == nil
      }
      return (index + length..<end).allSatisfy { place in
        let byte = line[place]
        return byte != UInt8(ascii: ">") && byte != UInt8(ascii: " ")
      }
    }
    return false
  }

  // MARK: The end of the line

  private func tail(_ line: Span<UInt8>, from start: Int, to end: Int) -> Tail? {
    var limit = end
    // A login name may hold ` sasl_` itself; few do.
    for _ in 0..<8 {
      if let tail = tail(line, from: start, endingAt: limit) { return tail }
      guard let hit = line.findLast(" sasl_", from: start, to: limit) else { return nil }
      limit = hit
    }
    return nil
  }

  /// Reads ` proto=P[ helo=<H>]` backwards from `limit`.
  private func tail(_ line: Span<UInt8>, from start: Int, endingAt limit: Int) -> Tail? {
    var cursor = limit
    var helo = Slice.none
    if line[cursor - 1] == UInt8(ascii: ">") {
      guard let key = line.findLast(" helo=<", from: start, to: cursor),
        line.firstIndex(of: UInt8(ascii: " "), from: key + 7, to: cursor) == nil
      else { return nil }
      helo = Slice(key + 7, cursor - 1)
      cursor = line[key - 1] == UInt8(ascii: ",") ? key - 1 : key
    }
    while cursor > start, isAlphanumeric(line[cursor - 1]) { cursor -= 1 }
    let proto = cursor - 6
    guard proto >= start + 2, line.has(" proto=", at: proto - 1, to: limit) else { return nil }
    let hasComma = line[proto - 2] == UInt8(ascii: ",")
    return Tail(
      addressesEnd: hasComma ? proto - 2 : proto - 1, proto: proto, helo: helo, sasl: limit)
  }

  func loginName(_ line: Span<UInt8>, from start: Int, to end: Int) -> Slice {
    guard let key = line.find(" sasl_username=", from: start, to: end) else { return .none }
    return Slice(key + 15, line.findLast(" sasl_sender=", from: key + 15, to: end) ?? end)
  }

  // MARK: The addresses in front of it

  /// The ways to read the addresses from the `; KEY=` at `hit` to the tail.
  private func candidates(
    _ line: Span<UInt8>, from start: Int, at hit: Int, _ tail: Tail, _ parts: LineParts
  ) -> [Candidate] {
    let close = tail.addressesEnd - 1
    var found: [Candidate] = []
    switch line[hit + 2] {
    case UInt8(ascii: "p") where hit + 2 == tail.proto:
      found.append(Candidate(textEnd: hit))
    // At RCPT there is a sender, if an empty one.
    case UInt8(ascii: "t")
    where parts.command != .rcpt && close >= hit + 6 && line[close] == UInt8(ascii: ">"):
      found.append(Candidate(textEnd: hit, recipient: Slice(hit + 6, close)))
    case UInt8(ascii: "f") where close >= hit + 8 && line[close] == UInt8(ascii: ">"):
      let sender = hit + 8
      if parts.command != .rcpt {
        found.append(Candidate(textEnd: hit, sender: Slice(sender, close)))
      }
      var index = parts.command == .mail ? close : sender
      while let key = line.find(" to=<", from: index, to: close), found.count <= Self.candidateLimit
      {
        index = key + 1
        let end = line[key - 1] == UInt8(ascii: ",") ? key - 2 : key - 1
        guard end >= sender, line[end] == UInt8(ascii: ">") else { continue }
        found.append(
          Candidate(
            textEnd: hit, sender: Slice(sender, end), recipient: Slice(key + 5, close)))
      }
    default: break
    }
    return found
  }

  private func judged(
    _ line: Span<UInt8>, from start: Int, _ candidate: Candidate, _ parts: LineParts
  ) -> Candidate {
    var (judged, trial) = (candidate, parts)
    trial.text = Slice(start, candidate.textEnd)
    trial.sender = candidate.sender
    trial.recipient = candidate.recipient
    judged.unquoted = [candidate.sender, candidate.recipient].count {
      $0.isPresent && addressEnd(line, from: $0.lower, to: $0.upper + 1, isStrict: true) != $0.upper
    }
    judged.echo = max(
      Self.echo(line, candidate.sender, trial), Self.echo(line, candidate.recipient, trial))
    judged.isClosed = Self.isClosed(line, trial)
    return judged
  }

  /// The one that most speaks for; nil where several are as good and have nothing but their places.
  private func best(of candidates: [Candidate]) -> Candidate? {
    guard let highest = candidates.map(\.rank).max(by: <) else { return nil }
    let equals = candidates.filter { $0.rank == highest }
    guard let first = equals.first, let last = equals.last, equals.count > 1 else {
      return equals.first
    }
    // What Postfix wrote itself ends at the first `;`; in a text of another's the last is the one.
    if first.isClosed {
      return first.textEnd == last.textEnd || equals[1].textEnd == first.textEnd
        ? Candidate(textEnd: first.textEnd, isClosed: true, unquoted: 1) : first
    }
    return first.unquoted == 0 ? last : nil
  }
}
