/// What a piece of text means; the terminal backend turns roles into colours and attributes.
///
/// Views name roles only, so that one table per colour scheme decides how everything looks and
/// monochrome terminals lose nothing.
public enum Role: UInt8, CaseIterable, Hashable, Sendable {
  case normal, title, dim, border
  case on, trial, off
  case reject, accept, warning, error
  case header, key, bar
  /// A number that has just changed.
  case changed
  /// An edit that is not applied yet.
  case edited
  case diffAdded, diffRemoved, diffHunk
}
