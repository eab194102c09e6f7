/// Reads the lists of every smtpd service, with the origin of each restriction.
struct PolicyBuilder {
  private struct Place: Hashable {
    var source: ValueSource
    var offset: Int
  }

  private let configuration: Configuration
  private let grammar: RestrictionGrammar
  private var elementCache: [ValueSource: [Int: ListElement]] = [:]
  /// Who reads the text at a place, as `smtpd_helo_restrictions of submission/inet`.
  private var users: [Place: [String]] = [:]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    grammar = configuration.grammar
  }

  mutating func policy() -> Policy {
    var services: [ServicePolicy] = []
    var places: [[[Place]]] = []
    for entry in configuration.master.smtpdEntries {
      let index = configuration.master.entries.lastIndex { $0.id == entry.id }
      let scope = Scope(configuration, entry: index, grammar: grammar)
      var lists: [RestrictionList] = []
      var listPlaces: [[Place]] = []
      for stage in stages(scope) {
        let (list, places) = list(stage, scope, entry.id)
        lists.append(list)
        listPlaces.append(places)
      }
      let tag = (try? scope.value(of: "syslog_name")) ?? nil
      services.append(
        ServicePolicy(
          service: entry.id, tag: tag ?? "postfix", lists: lists,
          customizesDNSListReplies: scope.customizesDNSListReplies,
          postscreen: postscreen(of: entry)))
      places.append(listPlaces)
    }
    for service in services.indices {
      for list in services[service].lists.indices {
        let own = "\(services[service].lists[list].stage.parameter) of \(services[service].service)"
        for (index, place) in places[service][list].enumerated() {
          services[service].lists[list].restrictions[index].origin.usedBy =
            users[place, default: []].filter { $0 != own }
        }
      }
    }
    return Policy(services: services)
  }

  /// postscreen hands its clients to the `pass` service that `smtpd_service_name` names.
  private func postscreen(of entry: MasterEntry) -> PostscreenPolicy? {
    guard entry.id.type == "pass", let screen = configuration.master.postscreenEntry,
      let index = configuration.master.entries.lastIndex(where: { $0.id == screen.id })
    else { return nil }
    let scope = Scope(configuration, entry: index, grammar: grammar)
    let name = try? scope.value(of: "smtpd_service_name")
    guard (name ?? nil) ?? "smtpd" == entry.id.name else { return nil }
    return PostscreenPolicy(screen, scope)
  }

  private func stages(_ scope: Scope) -> [Stage] {
    let order = (try? scope.value(of: "smtpd_relay_before_recipient_restrictions")) ?? nil
    guard order?.asciiLowercased == "no" else { return Stage.allCases }
    return [.client, .helo, .sender, .recipient, .relay, .data, .endOfData, .etrn]
  }

  private mutating func list(
    _ stage: Stage, _ scope: Scope, _ service: ServiceID
  ) -> (RestrictionList, [Place]) {
    let source = scope.source(of: stage.parameter)
    let origin = scope.origin(of: stage.parameter)
    var list = RestrictionList(stage: stage, originParameter: origin.parameter)
    if case .override? = source { list.override = service }
    switch source {
    case .standard?, nil: list.isDefault = true
    default: break
    }
    guard let source else { return (list, []) }
    var reader = ListReader(scope: scope, stage: stage)
    reader.read(source, classes: [], state: .on)
    list.endsInTrial = reader.endsInTrial
    var places: [Place] = []
    var ending: String?
    for var item in reader.items {
      let target = target(item)
      item.restriction.target = target
      item.restriction.unreachableReason = ending
      list.restrictions.append(item.restriction)
      let place = Place(source: item.source, offset: item.offset)
      places.append(place)
      let user = "\(stage.parameter) of \(service)"
      if users[place]?.contains(user) != true { users[place, default: []].append(user) }
      if ending == nil, item.restriction.endsList {
        ending = "after \(item.restriction.name) in line \(item.restriction.origin.location.line)"
      }
    }
    return (list, places)
  }

  private mutating func target(_ item: ListReader.Item) -> RestrictionTarget {
    if elementCache[item.source] == nil {
      var cache: [Int: ListElement] = [:]
      for element in configuration.elements(of: item.source, grammar: grammar) {
        cache[element.nameRange.lowerBound] = element
      }
      elementCache[item.source] = cache
    }
    let origin = item.restriction.origin
    guard let element = elementCache[item.source]?[item.offset] else {
      return RestrictionTarget(
        parameter: origin.parameter, override: origin.override?.description,
        name: item.restriction.name, argument: item.restriction.argument)
    }
    return RestrictionTarget(
      parameter: origin.parameter, override: origin.override?.description, name: element.name,
      argument: element.argument, occurrence: element.occurrence)
  }
}

extension Restriction {
  /// True for what decides every request that reaches it.
  var endsList: Bool {
    switch name.asciiLowercased {
    case "permit": state != .off
    case "reject", "defer": state == .on
    default: false
    }
  }
}

extension Scope {
  /// True when `default_rbl_reply` or `rbl_reply_maps` is set (postconf(5)).
  var customizesDNSListReplies: Bool {
    ["default_rbl_reply", "rbl_reply_maps"].contains { name in
      let standard = configuration.environment.defaults[name] ?? ""
      return raw(name).map { !$0.isEmpty && $0 != standard } ?? false
    }
  }

  /// Where new text of a list belongs: a value that is just one `$name` stands for that parameter.
  func origin(of parameter: String) -> ValueSource {
    var name = parameter
    for _ in 0..<20 {
      let source = source(of: name)
      guard let source else { return .main(name: name) }
      if case .standard = source { return .standard(name: name) }
      guard startsWithReference(source), let raw = raw(name),
        let reference = Self.loneReference(raw)
      else { return source }
      if source == .main(name: reference) { return source }
      name = reference
    }
    return .main(name: parameter)
  }

  /// False for most values, without reading them.
  private func startsWithReference(_ source: ValueSource) -> Bool {
    guard case .main(let name) = source, let definition = configuration.main.definition(of: name)
    else { return true }
    return !definition.value.isEmpty
      && configuration.main.bytes[definition.value.lowerBound] == Byte.dollar
  }

  /// The name in `$name`, `${name}` or `$(name)` when the value is nothing else.
  private static func loneReference(_ value: String) -> String? {
    var utf8 = Substring(value).utf8
    guard utf8.popFirst() == Byte.dollar else { return nil }
    if let first = utf8.first, first == Byte.leftBrace || first == Byte.leftParenthesis {
      utf8 = utf8.dropFirst().dropLast()
    }
    guard !utf8.isEmpty, utf8.allSatisfy(\.isNameByte) else { return nil }
    return String(Substring(utf8))
  }
}

/// Expands one list to restrictions, each with the place of its name.
struct ListReader {
  struct Item {
    var restriction: Restriction
    var source: ValueSource
    /// The offset of the name in the file, -1 where it stands in none.
    var offset: Int
  }

  let scope: Scope
  let stage: Stage
  private(set) var items: [Item] = []
  /// True when the list itself ends with a `warn_if_reject`.
  private(set) var endsInTrial = false

  init(scope: Scope, stage: Stage) {
    self.scope = scope
    self.stage = stage
  }

  mutating func read(_ list: ValueSource, classes: [String], state: RestrictionState) {
    var sources: [ValueSource] = [list]
    let scope = scope
    var expander = Expander(for: scope.version) { name in
      guard let source = scope.source(of: name) else { return nil }
      sources.append(source)
      return scope.traced(source, owner: Int32(sources.count - 1))
    }
    guard let text = try? expander.expand(scope.traced(list, owner: 0)) else { return }
    let words = text.words()
    let assemblies = scope.grammar.assemble(words)
    if classes.isEmpty { endsInTrial = assemblies.last?.isDangling == true }
    for assembly in assemblies where !assembly.isDangling {
      let word = words[assembly.name]
      let start = word.range.lowerBound
      let owner = Int(text.owners[start])
      let source = owner >= 0 && owner < sources.count ? sources[owner] : list
      let offset = Int(text.offsets[start])
      if word.isComment {
        appendOff(source, offset, classes)
        continue
      }
      let own: RestrictionState = state == .trial || assembly.trial != nil ? .trial : .on
      append(
        name: word.text, argument: assembly.argument.map { words[$0].text }, state: own,
        source: source, offset: offset, classes: classes)
      if scope.grammar.shape(of: word.text) == .classReference, !classes.contains(word.text),
        classes.count < 20, items.count < 10_000, let members = scope.source(of: word.text)
      {
        read(members, classes: classes + [word.text], state: own)
      }
    }
  }

  private mutating func appendOff(_ source: ValueSource, _ offset: Int, _ classes: [String]) {
    guard let text = scope.configuration.text(of: source),
      let off = OffRestriction(text, line: text.line(at: offset), grammar: scope.grammar)
    else { return }
    append(
      name: off.name, argument: off.argument, state: .off, source: source,
      offset: off.nameRange.lowerBound, classes: classes)
  }

  private mutating func append(
    name: String, argument: String?, state: RestrictionState, source: ValueSource, offset: Int,
    classes: [String]
  ) {
    var (name, argument) = (name, argument)
    if scope.grammar.shape(of: name) == .bareTable, let implied = stage.impliedTableCheck {
      (name, argument) = (implied, name)
    }
    let configuration = scope.configuration
    let file = configuration.file(of: source)
    let location =
      offset < 0
      ? SourceLocation(file: file, line: 0, column: 0)
      : configuration.text(of: source)?.location(of: offset, in: file)
        ?? SourceLocation(file: file, line: 0, column: 0)
    var service: ServiceID?
    if case .override(let entry, _) = source { service = configuration.master.entries[entry].id }
    let origin = Origin(location: location, parameter: source.parameter, override: service)
    let target = RestrictionTarget(parameter: source.parameter, name: name, argument: argument)
    items.append(
      Item(
        restriction: Restriction(
          name: name, argument: argument, state: state, origin: origin, target: target,
          classes: classes),
        source: source, offset: offset))
  }
}

extension Stage {
  /// What a bare `type:table` means in the list of this stage; nothing in the data lists.
  var impliedTableCheck: String? {
    switch self {
    case .client: "check_client_access"
    case .helo: "check_helo_access"
    case .sender: "check_sender_access"
    case .relay, .recipient: "check_recipient_access"
    case .etrn: "check_etrn_access"
    case .data, .endOfData: nil
    }
  }
}
