/// The point of the SMTP dialogue at which smtpd runs a list of restrictions.
///
/// Source: SMTPD_ACCESS_README, "List of restriction lists". The cases stand in evaluation order
/// (`smtpd_relay_before_recipient_restrictions = yes`, the default from compatibility level 3.6).
public enum Stage: String, CaseIterable, Hashable, Sendable, Codable {
  case client, helo, sender, relay, recipient, data
  case endOfData = "end_of_data"
  case etrn

  /// The parameter that holds the list of this stage, for example `smtpd_helo_restrictions`.
  public var parameter: String { "smtpd_\(rawValue)_restrictions" }
}
