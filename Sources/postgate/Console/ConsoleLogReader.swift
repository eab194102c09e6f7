import Attribution
import ConsoleCore
import HostSystem
import MailLog
import PostfixConfig
import PostfixHost
import Synchronization

/// Reads the log on disk for the screen, on a thread of its own, so that neither the screen nor a
/// change that is being applied waits for it.
final class ConsoleLogReader: Sendable {
  private struct State {
    var window: LogRowWindow?
    /// The request that is wanted; nil when none is.
    var request: Int?
    /// The client that is wanted; nil when none is.
    var client: String?
  }

  private let path: String
  private let mailbox: EventMailbox
  private let policy: @Sendable () -> Policy?
  private let thread = WorkerThread()
  private let clientThread = WorkerThread()
  private let state = Mutex(State())

  /// - Parameters:
  ///   - path: the log.
  ///   - policy: the policy in force, for the causes of refusals.
  init(path: String, mailbox: EventMailbox, policy: @escaping @Sendable () -> Policy?) {
    self.path = path
    self.mailbox = mailbox
    self.policy = policy
  }

  /// Ends what is being read, and the thread.
  func stop() {
    state.withLock { ($0.request, $0.client) = (nil, nil) }
    thread.stop()
    clientThread.stop()
  }

  /// Ends the reading for a request.
  func cancel() { state.withLock { $0.request = nil } }

  /// Ends the looking for a client.
  func cancelClient() { state.withLock { $0.client = nil } }

  /// Answers a request; an older one is ended.
  func read(_ request: LogRequest) {
    state.withLock { $0.request = request.id }
    thread.add { [self] in
      guard isWanted(request) else { return }
      do {
        let window = try window()
        let reading = LogFileReading(
          window: window, request: request, policy: policy(), isWanted: { self.isWanted(request) },
          progress: { self.mailbox.post(.logReading(.progress(id: request.id, at: $0))) })
        if let page = reading.page() { mailbox.post(.logReading(.page(page))) }
      } catch {
        mailbox.post(.logReading(.failed(id: request.id, "\(error)")))
      }
    }
  }

  private func isWanted(_ request: LogRequest) -> Bool {
    state.withLock { $0.request == request.id }
  }

  private func window() throws -> LogRowWindow {
    if let window = state.withLock({ $0.window }) { return window }
    let window = try LogRowWindow(path: path)
    state.withLock { $0.window = window }
    return window
  }

  /// Looks through the log for a client, newest lines first, and reports every now and then.
  func readClient(_ address: String) {
    state.withLock { $0.client = address }
    clientThread.add { [self] in
      var history = ClientHistory(address: address)
      do {
        try readClient(&history)
      } catch {
        history.problem = "\(error)"
      }
      mailbox.post(.client(history))
    }
  }

  private func readClient(_ history: inout ClientHistory) throws {
    let window = try window()
    let policy = policy()
    let address = history.address
    var place = window.last()
    while state.withLock({ $0.client == address }) {
      let page = window.rows(before: place, limit: 200) { $0.clientAddress == address }
      for row in page.rows.reversed() {
        history.add(row, cause: attribute(row: row, policy: policy)?.summary)
      }
      place = page.start
      history.readFrom = window.rows(from: place, limit: 1).rows.first?.time ?? history.readFrom
      history.isComplete = page.isAtEdge
      if page.isAtEdge { return }
      mailbox.post(.client(history))
    }
  }
}
