import Attribution
import MailLog
import PostfixConfig
import TextGrid

/// Everything that the screen is made of; changed by `reduce` only.
public struct AppState: Sendable {
  /// One of the screens.
  public enum ScreenID: CaseIterable, Hashable, Sendable {
    case gate, connections, log, settings, history
  }

  /// One of the panes of the Gate screen.
  public enum Pane: CaseIterable, Hashable, Sendable { case restrictions, connections, log }

  /// The spans that counts can cover, in seconds.
  public static let windows = [900, 3600, 6 * 3600, 86_400, 7 * 86_400]
  /// How long a change waits for its yes when nothing else is said, in seconds.
  public static let confirmSeconds = 60

  /// Columns and rows of the terminal.
  public internal(set) var size: Size
  /// The moment of the last tick.
  public internal(set) var now: LogTime
  /// Seconds to add to UTC for local time.
  public internal(set) var utcOffset: Int
  /// What is known of the instance.
  public internal(set) var instance: InstanceStatus

  /// Edits on top of the configuration; nil until that was read.
  public internal(set) var draft: Draft?
  /// Why the configuration cannot be read.
  public internal(set) var configurationProblem: String?
  /// What the candidate (configuration and draft) does.
  public internal(set) var policy = Policy()
  /// What the configuration does without the draft.
  public internal(set) var basePolicy = Policy()
  /// Names of the catalog's strict options by stage, for the installed Postfix.
  public internal(set) var offers: [Stage: [String]] = [:]

  /// The service whose lists are shown; nil until the configuration was read.
  public internal(set) var serviceID: ServiceID?
  /// The span that counts cover, in seconds.
  public internal(set) var windowSeconds: Int
  /// What the user has set.
  public let settings: ConsoleSettings
  /// The counts on the screen.
  public internal(set) var snapshot: LogSnapshot?
  /// Newer counts that wait until a second has passed.
  var waitingSnapshot: LogSnapshot?
  var snapshotTime: LogTime?
  /// Rows whose counts moved with the last snapshot, marked for a moment.
  public internal(set) var changedRows: Set<RowKey> = []

  /// The sessions that are open now, newest first.
  public internal(set) var sessions: [LiveSession] = []
  /// The tail of the log.
  public internal(set) var log = LogView()
  /// The commands that were run, oldest first, shell-quoted.
  public internal(set) var commands: [String] = []

  /// The screen that is shown.
  public internal(set) var screen = ScreenID.gate
  /// The pane of the Gate screen that has the focus.
  public internal(set) var pane = Pane.restrictions
  /// The row of the Gate list that the cursor is on.
  public internal(set) var gateCursor: GateRow.ID?
  /// True while the options that are off and not in the list are hidden.
  public internal(set) var hidesOffers = false
  /// The process of the session that the cursor is on.
  public internal(set) var sessionCursor: Int32?
  /// How the connections are sorted.
  public internal(set) var sessionOrder = SessionOrder()
  /// True while the Connections screen shows who is refused most.
  public internal(set) var showsOffenders = false
  /// The address of the client there that the cursor is on.
  public internal(set) var offenderCursor: String?
  /// What the log tells of the client that is looked at.
  public internal(set) var client: ClientHistory?

  /// The rows of the Settings screen; empty until it is opened.
  public internal(set) var allParameters: [ParameterRow] = []
  /// True while only what is set, overridden or edited is shown.
  public internal(set) var hidesDefaults = false
  /// The name of the parameter that the cursor is on.
  public internal(set) var parameterCursor: String?

  /// The changes, newest first; nil until they were read.
  public internal(set) var changes: [HistoryEntry]?
  /// Why the history cannot be read.
  public internal(set) var historyProblem: String?
  /// The number of the change that the cursor is on.
  public internal(set) var changeCursor: Int?

  /// The line that is being typed; nil while keys are keys.
  public internal(set) var prompt: Prompt?
  /// What is searched for; empty for nothing.
  public internal(set) var searchText = ""
  /// Names that the host found below a path prefix, for completing.
  var files: (prefix: String, names: [String])?
  /// How the rehearsal goes; nil when none was asked for.
  public internal(set) var rehearsal: RehearsalStatus?
  /// The edits that the rehearsal is of.
  var rehearsedEdits: [Edit] = []
  /// The rehearsal ended while another thing was looked at.
  var hasUnseenRehearsal = false
  /// The trials with an end that run now.
  public internal(set) var trials: [RunningTrial] = []
  /// What trials showed, by the number of the change that began them.
  public internal(set) var verdicts: [Int: [String]] = [:]
  /// How long an applied change waits for its yes, in seconds.
  public internal(set) var confirmSeconds = AppState.confirmSeconds
  /// The reason that the history will show; nil for one made from the edits.
  public internal(set) var message: String?
  /// After how many seconds restrictions that the draft puts on trial are ended; nil for never.
  public internal(set) var trialSeconds: Int?

  /// True while the terminal reports the mouse.
  public internal(set) var isMouseOn = false
  /// What lies over the screen.
  public internal(set) var popup: Popup?
  /// The first line that a popup shows.
  public internal(set) var popupScroll = 0
  /// The draft on its way into main.cf; nil while the Review is closed.
  public internal(set) var review: ReviewState?
  /// The applied change that waits for a yes.
  public internal(set) var confirmWindow: ConfirmWindow?
  /// The line at the bottom; the next key or eight seconds remove it.
  public internal(set) var notice: Notice?
  var noticeTime: LogTime?

  /// Creates the state of a console that knows nothing yet.
  public init(
    size: Size, now: LogTime, utcOffset: Int = 0, instance: InstanceStatus = InstanceStatus(),
    windowSeconds: Int? = nil, settings: ConsoleSettings = ConsoleSettings()
  ) {
    self.size = size
    self.now = now
    self.utcOffset = utcOffset
    self.instance = instance
    self.windowSeconds = windowSeconds ?? settings.windowSeconds ?? 3600
    self.settings = settings
  }

  /// The policy of the chosen service.
  public var service: ServicePolicy? {
    policy.services.first { $0.service == serviceID } ?? policy.services.first
  }

  /// Seconds since local midnight of a moment.
  public func localSeconds(_ time: LogTime) -> Int64 { time.seconds + Int64(utcOffset) }

  /// Where keys go now.
  public var context: KeyContext {
    if prompt != nil { return .prompt }
    switch popup {
    case .question: return .question
    case .review: return .review
    case .some: return .popup
    case nil: break
    }
    switch (screen, pane) {
    case (.connections, _), (.gate, .connections): return .connections
    case (.log, _), (.gate, .log): return .log
    case (.gate, .restrictions): return .gate
    case (.settings, _): return .settings
    case (.history, _): return .history
    }
  }

  /// False for actions that have no meaning at the moment, such as keeping a change when none waits.
  public func isAvailable(_ action: Action) -> Bool {
    switch action {
    case .keep, .takeBack: confirmWindow != nil
    case .applyGuarded, .confirmTime: instance.canGuard
    case .rehearse: instance.canRehearse
    case .cancelRehearsal: isRehearsing && popup == .rehearsal
    case .trialFor: instance.canTimeTrials
    case .recordHelo: popup == nil || popup == .rehearsal
    case .goToTime: instance.canReadBack
    case .sortNext, .sortPrevious, .sortReverse: !isOnOffenders
    case .fix: !fixes.isEmpty
    default: true
    }
  }

  /// True while keys go to the list of who is refused most.
  var isOnOffenders: Bool { screen == .connections && showsOffenders }

  /// The rows of the Gate list.
  public var gateRows: [GateRow] {
    guard let service else { return [] }
    var model = GateModel(
      service: service, baseService: basePolicy.services.first { $0.service == service.service },
      offered: hidesOffers ? [:] : offers, snapshot: snapshot)
    return model.rows()
  }

  /// The row that the cursor is on, the first on which it can stand if that row is gone.
  public var currentGateRow: GateRow? {
    let rows = gateRows.filter(\.isSelectable)
    return rows.first { $0.id == gateCursor } ?? rows.first
  }

  /// The session that the cursor is on.
  public var currentSession: LiveSession? {
    sessions.first { $0.pid == sessionCursor } ?? sessions.first
  }
}
