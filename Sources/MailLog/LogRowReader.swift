/// Makes rows for display out of log lines; the counting path never does.
public struct LogRowReader: Sendable {
  private var parser: LineParser
  private var parts = LineParts()

  /// - Parameters:
  ///   - zone: the zone of stamps that have none.
  ///   - reference: a moment after the newest line; stamps without a year are read against it.
  public init(zone: LocalZone = .utc, reference: LogTime) {
    parser = LineParser(zone: zone, reference: reference)
  }

  /// For another file: stamps without a year are read against this moment.
  public mutating func setReference(_ reference: LogTime) { parser.setReference(reference) }

  /// Time goes on while a log is followed: stamps without a year are read against a later moment.
  public mutating func advanceReference(to moment: LogTime) {
    parser.advanceReference(to: moment)
  }

  /// The row of a line without its newline; its kind is `foreign` for other programs' lines.
  public mutating func row(_ line: Span<UInt8>, sequence: UInt64 = 0) -> LogRow {
    parser.parse(line, into: &parts)
    let isForeign = parts.kind == .foreign
    var row = LogRow(
      sequence: sequence, time: parts.hasTime ? LogTime(microseconds: parts.time) : nil,
      kind: parts.kind.rowKind, tag: isForeign ? "" : parser.tagName(parts.tag),
      program: isForeign ? "" : programName(line), pid: parts.pid,
      text: line.text(isForeign ? Slice(0, Int(parts.end)) : parts.text) ?? "",
      line: line.text(Slice(0, Int(parts.end))) ?? "")
    guard !isForeign else { return row }
    fillParties(line, into: &row)
    if parts.kind == .reject || parts.kind == .trial {
      let argument = line.text(parts.argument)
      row.stage = parts.signature.stage
      row.isUndecided = parts.signature.isUndecided
      row.candidates = parts.signature.candidates.map {
        CauseCandidate(name: $0, argument: parts.signature.hasArgument ? argument : nil)
      }
    }
    if parts.kind == .delivery || parts.kind == .queueActive || parts.kind == .queue
      || parts.kind == .pickup
    {
      fillQueueParties(line, into: &row)
    }
    return row
  }

  private func fillParties(_ line: Span<UInt8>, into row: inout LogRow) {
    row.queueID = line.text(parts.queueID)
    row.clientName = line.text(parts.clientName)
    row.clientAddress = line.text(parts.clientAddress)
    row.clientPort = line.text(parts.clientPort).flatMap { Int($0) }
    row.helo = line.text(parts.helo)
    row.sender = line.text(parts.sender)
    row.recipient = line.text(parts.recipient)
    row.saslUser = line.text(parts.saslUser)
    row.command =
      parts.command == .other ? line.text(parts.commandText) : parts.command.name
    row.code = parts.code == 0 ? nil : Int(parts.code)
    row.enhancedCode = line.text(parts.enhanced)
  }

  /// `from=<A>` and `to=<A>` of queue and delivery lines.
  private func fillQueueParties(_ line: Span<UInt8>, into row: inout LogRow) {
    var scratch = LineParts()
    let (start, end) = (parts.text.lower, parts.text.upper)
    let from =
      parts.kind == .delivery
      ? line.find("to=<", from: start, to: end) : line.find("from=<", from: start, to: end)
    guard let from else { return }
    _ = parser.readAttributes(line, from: from, to: end, isStrict: false, into: &scratch)
    row.sender = line.text(scratch.sender) ?? row.sender
    row.recipient = line.text(scratch.recipient) ?? row.recipient
  }

  /// The word after the last slash of the tag.
  private func programName(_ line: Span<UInt8>) -> String {
    guard let bracket = line.firstIndex(of: UInt8(ascii: "["), from: 0, to: Int(parts.message)),
      let blank = line.lastIndex(of: UInt8(ascii: " "), from: 0, to: bracket)
    else { return "" }
    let slash = line.lastIndex(of: UInt8(ascii: "/"), from: blank, to: bracket) ?? blank
    return line.text(Slice(slash + 1, bracket)) ?? ""
  }
}

/// The moment of a line's stamp, for searching in files; nil for a line without one.
public struct LineClock: Sendable {
  private var parser: LineParser

  /// Creates a clock.
  ///
  /// - Parameters:
  ///   - zone: the zone of stamps that have none.
  ///   - reference: a moment after the newest line.
  ///   - isForSearch: lines come in no order; of the hour that a clock set back shows twice, the later
  ///     reading is taken, so that a search by halves never passes over a line.
  public init(zone: LocalZone = .utc, reference: LogTime, isForSearch: Bool = false) {
    parser = LineParser(zone: zone, reference: reference, isForSearch: isForSearch)
  }

  /// Reads the stamp at the start of `line`.
  public mutating func time(of line: Span<UInt8>) -> LogTime? { parser.time(of: line) }
}
