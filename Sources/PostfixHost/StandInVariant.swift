import PostfixConfig

/// A further stand-in of every smtpd service of a private instance, with some restrictions left out.
///
/// A rehearsal asks with it what a restriction would have done to a client that is known to have
/// passed the others.
public struct StandInVariant: Sendable {
  /// What becomes of a restriction.
  public enum Treatment: Hashable, Sendable {
    case keep
    /// Something that decides nothing stands in its place.
    case neutralise
    /// It refuses all that reach it.
    case refuse
  }

  /// Part of its socket's name: a few lower-case letters, none of `probe` and `cover`.
  public var name: String
  /// Settings of this stand-in, as `name=value`; they win over those of the live entry.
  public var settings: [String]
  /// What becomes of a restriction of the list (or restriction class) `parameter`.
  public var treatment:
    @Sendable (_ service: ServiceID, _ parameter: String, _ name: String, _ argument: String?) ->
      Treatment
  /// Lets the relay list permit all that nothing refused: nothing is relayed, since every dialogue ends
  /// before DATA, and smtpd would not start without relay protection.
  public var opensRelayList: Bool
  /// Leaves the verification of addresses in; it works only in an instance that verifies.
  public var verifiesAddresses = false

  /// Describes a stand-in.
  public init(
    name: String, settings: [String] = [], opensRelayList: Bool = false,
    treatment:
      @escaping @Sendable (
        _ service: ServiceID, _ parameter: String, _ name: String, _ argument: String?
      ) -> Treatment
  ) {
    self.name = name
    self.settings = settings
    self.opensRelayList = opensRelayList
    self.treatment = treatment
  }

  /// The `-o` settings that make the stand-in of `service` with these expanded lists.
  func overrides(
    of lists: [String: String], classes: Set<String>, service: ServiceID
  ) -> [String] {
    var result = settings
    for (parameter, text) in lists.sorted(by: { $0.key < $1.key }) {
      var value = ListWords(text, classes: classes).treated(
        verifies: verifiesAddresses
      ) { name, argument in
        treatment(service, parameter, name, argument)
      }
      if opensRelayList && parameter == Stage.relay.parameter {
        value += " check_client_access static:OK reject_unauth_destination"
      }
      result.append("\(parameter)=\(value)")
    }
    return result
  }
}
