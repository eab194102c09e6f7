// Lines of qmgr and cleanup.
extension LineParser {
  @inline(__always)
  func parseQueueManager(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.text = Slice(start, end)
    if readLabel(line, from: start, to: end, into: &parts) { return }
    guard let after = readQueueID(line, from: start, to: end, into: &parts) else { return }
    parts.text = Slice(after, end)
    // `from=<A>, size=N, nrcpt=N (queue active)`: Postfix writes the end, so it cannot be imitated.
    if line.has("from=<", at: after, to: end), line.has("(queue active)", at: end &- 14, to: end) {
      parts.kind = .queueActive
    } else {
      // `from=<A>, status=expired, returned to sender`, also `force-expired`.
      parts.kind =
        line.has(", returned to sender", at: end &- 20, to: end) ? .expired : .queue
    }
  }

  @inline(__always)
  func parseCleanup(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    parts.text = Slice(start, end)
    if readLabel(line, from: start, to: end, into: &parts) { return }
    guard let after = readQueueID(line, from: start, to: end, into: &parts) else { return }
    parts.text = Slice(after, end)
    if line.has("message-id=", at: after, to: end) {
      parts.kind = .queue
    } else {
      parseCleanupAction(line, from: after, to: end, into: &parts)
    }
  }

  private func parseCleanupAction(
    _ line: Span<UInt8>, from start: Int, to end: Int, into parts: inout LineParts
  ) {
    if line.has("reject: ", at: start, to: end) {
      parts.kind = .reject
      parseContentAction(line, from: start + 8, to: end, into: &parts)
    } else if line.has("milter-reject: ", at: start, to: end) {
      parseAction(line, from: start, to: end, into: &parts)
    } else if line.has("milter-header-reject: ", at: start, to: end)
      || line.has("milter-body-reject: ", at: start, to: end)
    {
      parts.kind = .reject
      let text = line.firstIndex(of: UInt8(ascii: ":"), from: start, to: end) ?? start
      parseContentAction(line, from: text + 2, to: end, into: &parts)
    } else if let word = readActionWord(line, from: start, to: end) {
      parts.kind = .action
      parseContentAction(line, from: word, to: end, into: &parts)
    } else {
      let known: [StaticString] = ["resent-message-id=", "removed", "milter-", "to=<", "from=<"]
      parts.kind = known.contains { line.has($0, at: start, to: end) } ? .queue : .unknown
    }
  }
}
