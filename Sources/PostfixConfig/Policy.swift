/// One `smtpd_*_restrictions` value as one service uses it, expanded.
public struct RestrictionList: Hashable, Sendable {
  /// When smtpd runs the list.
  public var stage: Stage
  /// The parameter where new restrictions would be written: `mua_helo_restrictions` when
  /// `smtpd_helo_restrictions = $mua_helo_restrictions`, else the list itself.
  public var originParameter: String
  /// The service whose `-o` override defines this list; nil when main.cf or the default does.
  public var override: ServiceID?
  /// True when neither main.cf nor master.cf sets it.
  public var isDefault: Bool
  /// In evaluation order, those that are off included at their place.
  public var restrictions: [Restriction]
  /// True when a `warn_if_reject` ends the list with nothing behind it.
  var endsInTrial = false

  /// Creates the value from its parts.
  public init(
    stage: Stage, originParameter: String, override: ServiceID? = nil, isDefault: Bool = false,
    restrictions: [Restriction] = []
  ) {
    self.stage = stage
    self.originParameter = originParameter
    self.override = override
    self.isDefault = isDefault
    self.restrictions = restrictions
  }
}

/// The lists that one smtpd service of master.cf uses.
public struct ServicePolicy: Hashable, Sendable {
  /// The service of master.cf.
  public var service: ServiceID
  /// The text in front of the program name in the log (`syslog_name`): `postfix`,
  /// `postfix/submission`. Services with the same tag cannot be told apart in the log.
  public var tag: String
  /// All stages in evaluation order.
  public var lists: [RestrictionList]
  /// True when `default_rbl_reply` or `rbl_reply_maps` is set: a DNS list then refuses with any text.
  public var customizesDNSListReplies: Bool
  /// What postscreen asks before it hands clients to this service; nil where it does not.
  public var postscreen: PostscreenPolicy?

  /// Creates the value from its parts.
  public init(
    service: ServiceID, tag: String, lists: [RestrictionList],
    customizesDNSListReplies: Bool = false, postscreen: PostscreenPolicy? = nil
  ) {
    self.service = service
    self.tag = tag
    self.lists = lists
    self.customizesDNSListReplies = customizesDNSListReplies
    self.postscreen = postscreen
  }
}

/// What every smtpd service of an instance does to its clients.
public struct Policy: Hashable, Sendable {
  /// The services in the order of master.cf.
  public var services: [ServicePolicy]

  /// Creates the value from its parts.
  public init(services: [ServicePolicy] = []) { self.services = services }
}
