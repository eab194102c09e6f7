/// A piece of a configuration file to be exchanged for another, found again by what surrounds it.
///
/// It undoes edits whose old text is kept nowhere in the file. It fits only where its surroundings
/// stand exactly once; anything else is reported, never guessed.
public struct TextPatch: Hashable, Sendable, Codable {
  /// The file that it changes.
  public var file: ConfigFile
  /// The parameter whose text it restores.
  public var parameter: String
  /// The service whose `-o` override it restores, as `submission/inet`; nil for main.cf.
  public var service: String?
  /// What stands in front of the piece.
  public var before: [UInt8]
  /// The piece that goes.
  public var old: [UInt8]
  /// The piece that comes.
  public var new: [UInt8]
  /// What stands behind the piece.
  public var after: [UInt8]
  /// True when the parameter is set nowhere while the piece is out.
  public var isUnset: Bool
}

extension TextPatch {
  /// The patch that turns `changed` into `original`; its surroundings are as small as tells its
  /// place in `changed` from every other. Restrictions begin at `starts` in the longer of the two.
  init(
    from changed: ConfigText, to original: [UInt8], file: ConfigFile, parameter: String,
    service: String?, isUnset: Bool, scope: Range<Int>, starts: Set<Int>
  ) {
    (self.file, self.parameter, self.service) = (file, parameter, service)
    self.isUnset = isUnset
    let bytes = changed.bytes
    let (start, tail) = Self.span(bytes, original, starts)
    let end = bytes.count - tail
    old = Array(bytes[start..<end])
    new = Array(original[start..<original.count - tail])
    (before, after) = ([], [])
    for reach in 0... {
      let around = Self.surroundings(changed, start..<end, reach: reach)
      before = Array(bytes[around.lowerBound..<start])
      after = Array(bytes[end..<around.upperBound])
      if around == 0..<bytes.count || places(in: bytes, scope).count == 1 { return }
    }
  }

  /// Where the texts begin to differ, and how many bytes at their ends are the same.
  ///
  /// Where the difference may lie in several places, it begins the line of a restriction, or else a
  /// line, a restriction, a word.
  private static func span(
    _ old: [UInt8], _ new: [UInt8], _ starts: Set<Int>
  ) -> (start: Int, tail: Int) {
    let most = min(old.count, new.count)
    var start = 0
    while start < most, old[start] == new[start] { start += 1 }
    var tail = 0
    while tail < most - start, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    let longer = old.count > new.count ? old : new
    let length = longer.count - most
    guard start + tail == most, length > 0 else { return widened(old, start, tail) }
    // A piece that only comes or goes can be slid as long as it meets the same bytes.
    var earliest = start
    while earliest > 0, longer[earliest - 1] == longer[earliest + length - 1] { earliest -= 1 }
    let choices = (earliest...start).reversed()
    let lines = choices.filter { $0 == 0 || longer[$0 - 1] == Byte.newline }
    let own = lines.first { line in
      longer[line...].firstIndex { !$0.isSpace }.map(starts.contains) ?? false
    }
    let chosen =
      own ?? lines.first ?? choices.first(where: starts.contains)
      ?? choices.first { isBoundary(longer, $0) && isBoundary(longer, $0 + length) }
    guard let chosen else { return widened(old, start, tail) }
    return (chosen, tail + start - chosen)
  }

  /// True where no word goes on.
  private static func isBoundary(_ bytes: [UInt8], _ place: Int) -> Bool {
    place == 0 || place == bytes.count || bytes[place - 1].isSeparator || bytes[place].isSeparator
  }

  /// Takes the words in which the difference begins and ends in whole.
  private static func widened(_ bytes: [UInt8], _ start: Int, _ tail: Int) -> (Int, Int) {
    var (start, end) = (start, bytes.count - tail)
    while start > 0, !bytes[start - 1].isSeparator { start -= 1 }
    while end < bytes.count, !bytes[end].isSeparator { end += 1 }
    return (start, bytes.count - end)
  }

  /// The piece with what surrounds it: the words beside it (reach 0), then so many lines.
  private static func surroundings(
    _ text: ConfigText, _ piece: Range<Int>, reach: Int
  ) -> Range<Int> {
    let bytes = text.bytes
    guard text.lineCount > 0 else { return 0..<0 }
    let first = text.line(at: piece.lowerBound)
    let last = text.line(at: piece.upperBound)
    let startsLine =
      piece.lowerBound == text.lineStarts[first] || piece.lowerBound == bytes.count
    let endsLine = piece.upperBound == text.lineStarts[last] || piece.upperBound == bytes.count
    if reach == 0, !startsLine, !endsLine {
      let line = text.lineStarts[first]..<text.lineStarts[last + 1]
      var (low, high) = (piece.lowerBound, piece.upperBound)
      while low > line.lowerBound, bytes[low - 1].isSeparator { low -= 1 }
      while low > line.lowerBound, !bytes[low - 1].isSeparator { low -= 1 }
      if low > line.lowerBound { low -= 1 }
      while high < line.upperBound, bytes[high].isSeparator { high += 1 }
      while high < line.upperBound, !bytes[high].isSeparator { high += 1 }
      if high < line.upperBound { high += 1 }
      return low..<high
    }
    let more = max(0, reach - 1)
    let low = text.lineStarts[max(0, first - (startsLine ? 1 : 0) - more)]
    let high = text.lineStarts[min(text.lineCount, last + 1 + more)]
    return min(low, piece.lowerBound)..<max(high, piece.upperBound)
  }

  /// Where in `scope` the old piece stands between its surroundings; ends after two places.
  func places(in bytes: [UInt8], _ scope: Range<Int>) -> [Range<Int>] {
    let pattern = before + old + after
    let low = max(0, scope.lowerBound - before.count)
    let high = min(scope.upperBound - before.count, bytes.count - pattern.count)
    guard low <= high else { return [] }
    var found: [Range<Int>] = []
    for start in low...high where bytes[start...].starts(with: pattern) {
      let place = start + before.count
      found.append(place..<place + old.count)
      if found.count == 2 { break }
    }
    return found
  }
}

extension Configuration {
  /// The patch that turns the text of one setting in `changed` back into this one's; nil when both
  /// files differ.
  func patch(
    restoring parameter: String, of service: String?, in changed: Configuration
  ) -> TextPatch? {
    let file: ConfigFile = service == nil ? .main : .master
    guard file == .main ? master == changed.master : main == changed.main,
      let scope = changed.scope(of: parameter, service)
    else { return nil }
    let count = { (configuration: Configuration) in
      configuration.main.bytes.count + configuration.master.bytes.count
    }
    return TextPatch(
      from: file == .main ? changed.main.text : changed.master.text,
      to: file == .main ? main.bytes : master.bytes, file: file, parameter: parameter,
      service: service, isUnset: !changed.sets(parameter, service), scope: scope,
      starts: (count(self) > count(changed) ? self : changed).starts(in: parameter, service))
  }

  /// Where the restrictions of a value begin in the file.
  private func starts(in parameter: String, _ service: String?) -> Set<Int> {
    let entry = service.flatMap { try? entryIndex($0) }
    let source: ValueSource =
      entry.map { .override(entry: $0, name: parameter) } ?? .main(name: parameter)
    return Set(
      elements(of: source, grammar: grammar).map { $0.hash ?? $0.range.lowerBound })
  }

  private func sets(_ parameter: String, _ service: String?) -> Bool {
    guard let service else { return main.definition(of: parameter) != nil }
    return master.entry(ServiceID(service))?.override(of: parameter) != nil
  }

  /// Where the text of a setting may stand, with the comments behind it; nil without the service.
  private func scope(of parameter: String, _ service: String?) -> Range<Int>? {
    let text = service == nil ? main.text : master.text
    var lines = 0...max(0, text.lineCount - 1)
    if let service {
      guard let entry = master.entry(ServiceID(service)) else { return nil }
      lines = entry.lines
    } else if let definition = main.definition(of: parameter) {
      lines = definition.lines
    } else {
      return 0..<text.bytes.count
    }
    var end = lines.upperBound
    while end + 1 < text.lineCount, [.blank, .comment].contains(text.kinds[end + 1]) { end += 1 }
    // The end of the line before belongs to it: a file without a last line feed gets one there.
    return max(0, text.lineStarts[lines.lowerBound] - 2)..<text.lineStarts[end + 1]
  }

  mutating func restore(_ patch: TextPatch) throws(EditError) {
    let entry = try patch.service.map { service throws(EditError) in try entryIndex(service) }
    let source: ValueSource =
      entry.map { .override(entry: $0, name: patch.parameter) } ?? .main(name: patch.parameter)
    guard let text = text(of: source), let scope = scope(of: patch.parameter, patch.service),
      !patch.isUnset || !sets(patch.parameter, patch.service)
    else {
      throw EditError("\(patch.parameter) has been set anew since; restore it in the file itself")
    }
    let places = patch.places(in: text.bytes, scope)
    guard places.count == 1, let place = places.first else {
      throw EditError(
        "the text around \(patch.parameter) has changed since; restore it in the file itself")
    }
    let before = self
    replace(place, with: patch.new, in: source)
    try confirm(source, isAllThatChangedSince: before)
  }
}
