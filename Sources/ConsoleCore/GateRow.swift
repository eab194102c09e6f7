import Attribution
import MailLog
import PostfixConfig

/// One row of the Gate list.
public struct GateRow: Hashable, Sendable {
  /// What names a row across changes of the policy: an offered option that is switched on keeps its
  /// identity, so that the cursor stays on it.
  public struct ID: Hashable, Sendable {
    /// The list it stands in; nil for rows that are no restrictions.
    public var stage: Stage?
    /// The restriction's name, or a name of the closed list of other causes.
    public var name: String
    /// The argument as written.
    public var argument: String?
    /// 0 for the first such restriction in its list.
    public var occurrence: Int
  }

  /// What the row shows.
  public enum Content: Hashable, Sendable {
    /// The heading of a stage.
    case stage(RestrictionList)
    /// A heading of rows that are no restrictions of this service.
    case heading(String)
    case restriction(Restriction)
    /// A strict option of the catalog that the list lacks.
    case offered(Stage)
    /// Rejects that no restriction of this service caused.
    case other
    /// Rejects that several restrictions may have caused.
    case open(OpenGroup)
    /// Rejects of services with another tag.
    case otherServices
    case total
  }

  /// What the row counts.
  public enum Count: Hashable, Sendable {
    /// Not counted yet: the log is still being read, or cannot be read.
    case unknown
    case known(RowCount)
    /// Counted at an earlier row.
    case elsewhere
  }

  /// What names the row.
  public var id: ID
  /// What the row shows.
  public var content: Content
  /// What the row counts.
  public var count: Count
  /// True when the draft changes it.
  public var isEdited = false
  /// Where its count is kept; nil for headings and sums.
  public var key: RowKey?

  /// True for rows on which the cursor can stand.
  public var isSelectable: Bool {
    switch content {
    case .stage, .heading, .total: false
    default: true
    }
  }

  /// The state in the candidate; nil for rows that are no restrictions.
  public var state: RestrictionState? {
    switch content {
    case .restriction(let restriction): restriction.state
    case .offered: .off
    default: nil
    }
  }
}
