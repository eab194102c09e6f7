// Results.
extension TallyCore {
  mutating func summary(now: LogTime, topLimit: Int) -> TallySummary {
    counts.settle()
    let (since, until) = bounds(now: now)
    var summary = TallySummary(
      since: LogTime(seconds: since), until: LogTime(microseconds: until),
      topSince: LogTime(seconds: since))
    if case .fixed(let start, _) = window, let start { summary.since = start }
    for (index, key) in counts.keys.enumerated() where counts.totals[index] > 0 {
      addCount(counts.totals[index], of: key, to: &summary)
    }
    summarizeTalkers(into: &summary, since: since, limit: topLimit)
    if case .sliding = window { peaks.drop(before: summary.since) }
    summary.peaks = peaks.highest
    summary.course = course(since: since, until: until / 1_000_000)
    summary.lines = lines
    summary.bytes = bytes
    summary.postfixLines = postfixLines
    summary.unknownLines = unknownLines
    summary.firstLine = firstLine == .max ? nil : LogTime(microseconds: firstLine)
    summary.lastLine = newestLine
    return summary
  }

  /// Start in seconds and end in microseconds of what is counted now; drops what slid out.
  mutating func bounds(now: LogTime) -> (since: Int64, until: Int64) {
    switch window {
    case .sliding(let length):
      // A stamp of the future (a clock that was wrong) must not slide anything out.
      let isNear = lastLine < now.microseconds + 60_000_000
      let until = isNear ? max(now.microseconds, lastLine) : now.microseconds
      let since = counts.dropCells(before: LogTime(microseconds: until).seconds - Int64(length))
      return (since, until)
    case .fixed(let since, let until):
      let first = since?.microseconds ?? (firstLine == .max ? now.microseconds : firstLine)
      let last = until?.microseconds ?? (lastLine == .min ? now.microseconds : lastLine + 1)
      return (LogTime(microseconds: first).seconds, max(first, last))
    }
  }

  func addCount(_ count: Int, of key: CountKey, to summary: inout TallySummary) {
    switch key.kind {
    case .connection: summary.connections += count
    case .accepted: summary.accepted += count
    case .ended: summary.endedSessions += count
    case .refused: summary.refusedSessions += count
    case .incident:
      guard let incident = LogIncident(key: key) else { return }
      summary.incidents[incident, default: 0] += count
    case .postscreen:
      let word = PostscreenWord(rawValue: UInt8(key.detail)) ?? .none
      summary.postscreen[word.name, default: 0] += count
    case .reject, .trial:
      summary.signatures.append(
        TallySummary.SignatureCount(
          signature: RejectSignature(rawValue: key.detail),
          argument: key.argument < 0 ? nil : arguments.text(key.argument),
          tag: parser.tagName(key.tag), epoch: key.epoch, command: key.command.name,
          reply: key.reply < 0 ? "" : replies.text(key.reply), isTrial: key.kind == .trial,
          count: count))
    }
  }

  mutating func summarizeTalkers(into summary: inout TallySummary, since: Int64, limit: Int) {
    if case .sliding(let length) = window {
      let width = max(1, Int64(length) / 8)
      formerPanes.removeAll { $0.start + width <= since }
      if let start = paneStart, start + width <= since {
        talkers = TalkerSketch()
        paneStart = nil
        paneEnd = .min
        paneLateLimit = .min
      }
    }
    guard let first = formerPanes.first?.start ?? paneStart else { return }
    if case .sliding = window { summary.topSince = LogTime(seconds: first) }
    if formerPanes.isEmpty { return addTalkers(talkers, to: &summary, limit: limit) }
    var whole = TalkerSketch()
    for pane in formerPanes { whole.merge(pane.talkers) }
    if paneStart != nil { whole.merge(talkers) }
    addTalkers(whole, to: &summary, limit: limit)
  }

  private func addTalkers(
    _ whole: borrowing TalkerSketch, to summary: inout TallySummary, limit: Int
  ) {
    summary.distinctClients = whole.distinct.estimate
    summary.topClients = whole.clients.top(limit)
    summary.topNetworks = whole.topNetworks(limit)
    summary.topHeloNames = whole.heloNames.top(limit)
    summary.topSenderDomains = whole.senderDomains.top(limit)
    summary.topRecipients = whole.recipients.top(limit)
  }

  /// The course in at most some 200 steps, none finer than what is kept.
  func course(since: Int64, until: Int64) -> TallySummary.Course {
    let steps: [Int64] = [
      1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800, 2_592_000, 31_536_000,
    ]
    let length = max(1, until - since)
    var step = steps.first { $0 >= counts.quantum && length / $0 <= 130 } ?? 31_536_000
    // A report goes by the hour, as people read it, from two hours up to two months.
    if case .fixed = window, length > 7200, length <= 62 * 86_400 { step = 3600 }
    let width = max(step, counts.quantum)
    var course = TallySummary.Course()
    let start = since - (since % width + width) % width
    let size = min(4000, Int((until - start) / width) + 1)
    course.start = LogTime(seconds: start)
    course.stepSeconds = Int(width)
    course.connections = [Int](repeating: 0, count: size)
    course.rejects = course.connections
    course.accepted = course.connections
    var marks = course.connections
    for cell in counts.cells {
      let index = min(size - 1, max(0, Int((cell.step * counts.quantum - start) / width)))
      switch counts.keys[Int(cell.key)].kind {
      case .connection: course.connections[index] += Int(cell.count)
      case .reject: course.rejects[index] += Int(cell.count)
      case .accepted: course.accepted[index] += Int(cell.count)
      case .incident where LogIncident(key: counts.keys[Int(cell.key)])?.isMark == true:
        marks[index] += Int(cell.count)
      default: break
      }
    }
    course.marks = marks.indices.filter { marks[$0] > 0 }
    return course
  }
}

extension LogIncident {
  /// The incident that a counter counts.
  fileprivate init?(key: CountKey) {
    self.init(rawValue: UInt8(truncatingIfNeeded: key.detail))
  }
}
