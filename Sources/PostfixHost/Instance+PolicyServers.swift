import HostSystem
import PostfixConfig
import SystemPackage

extension Instance {
  /// The mistakes in a configuration of this instance, with what the machine says of its tables and
  /// policy servers; those absent from `base` are marked as added.
  public func findings(
    of configuration: Configuration, comparedTo base: Configuration? = nil
  ) -> [Finding] {
    configuration.findings(
      tables: tableStatuses(of: configuration.tableReferences()),
      policyServers: Self.policyServerStatuses(of: configuration), comparedTo: base)
  }

  /// Looks whether somebody listens where the policy servers of a configuration are to listen.
  ///
  /// A connection is opened and closed again; nothing is asked. Only this machine is looked at: what
  /// listens elsewhere is `unknown`.
  static func policyServerStatuses(
    of configuration: Configuration
  ) -> [PolicyServer: PolicyServerStatus] {
    let queue = configuration.value(of: "queue_directory") ?? ""
    let deadline = monotonicSeconds() + 2
    var statuses: [PolicyServer: PolicyServerStatus] = [:]
    for server in configuration.policyServers() {
      let ends = endpoints(of: server, queueDirectory: queue)
      let found = ends.map { status(of: $0, deadline: deadline) }
      // `localhost` may stand for two addresses; one that answers is enough.
      statuses[server] =
        found.contains(.listening)
        ? .listening : found.isEmpty || found.contains(.unknown) ? .unknown : .absent
    }
    return statuses
  }

  private static func endpoints(
    of server: PolicyServer, queueDirectory: String
  ) -> [SocketEndpoint] {
    switch server.address {
    case .unix(let path):
      guard !queueDirectory.isEmpty else { return [] }
      if path.hasPrefix("/") {
        return [.unix(path: server.isChrooted ? queueDirectory + path : path)]
      }
      return [.unix(path: queueDirectory + "/" + path)]
    case .inet(let host, let port):
      guard let port = UInt16(port) else { return [] }
      switch host.lowercased() {
      case "localhost":
        return [.tcp(address: "127.0.0.1", port: port), .tcp(address: "::1", port: port)]
      case "::1": return [.tcp(address: "::1", port: port)]
      case let name where name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }:
        return [.tcp(address: host, port: port)]
      default: return []
      }
    }
  }

  private static func status(of endpoint: SocketEndpoint, deadline: Double) -> PolicyServerStatus {
    do {
      try StreamSocket(connectingTo: endpoint, deadline: deadline).close()
      return .listening
    } catch {
      // Without IPv6 nobody listens at ::1 either.
      let absent: Set<Errno> = [
        .connectionRefused, .noSuchFileOrDirectory, .notDirectory, .addressNotAvailable,
        .addressFamilyNotSupported,
      ]
      return absent.contains(error.errno) ? .absent : .unknown
    }
  }
}
