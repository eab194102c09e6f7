import MailLog
import PostfixConfig

/// A restriction that is on trial until a time.
public struct RunningTrial: Hashable, Sendable {
  /// The change that began it.
  public var number: Int
  /// The restriction in the text that this change wrote.
  public var target: RestrictionTarget
  /// When it ends by itself.
  public var until: LogTime

  /// Creates the value from its parts.
  public init(number: Int, target: RestrictionTarget, until: LogTime) {
    self.number = number
    self.target = target
    self.until = until
  }

  /// True for this restriction, wherever in its list it stands now.
  func isOf(_ restriction: Restriction) -> Bool {
    var here = restriction.target
    here.occurrence = target.occurrence
    return restriction.state == .trial && here == target
  }
}
