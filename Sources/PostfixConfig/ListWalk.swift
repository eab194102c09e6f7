/// Walks the value of a list as smtpd evaluates it, through `$name` and restriction classes.
struct ListWalk {
  let configuration: Configuration
  let service: ServiceID
  let stage: Stage
  private(set) var restrictions: [Restriction] = []
  /// The texts that were read.
  private(set) var visited: Set<OriginKey> = []
  private var ending: String?
  private var path: [String] = []
  private let classNames: Set<String>
  private let expander: Expander

  init(configuration: Configuration, service: ServiceID, stage: Stage) {
    self.configuration = configuration
    self.service = service
    self.stage = stage
    classNames = configuration.classes(for: service)
    expander = configuration.expander(for: service)
  }

  /// Adds the restrictions of a parameter.
  mutating func visit(_ parameter: String, classes: [String] = [], isTrial: Bool = false) {
    // A loop is fatal for smtpd; checks report it, here the walk just ends.
    guard !path.contains(parameter), path.count < 50,
      let source = configuration.source(of: parameter, service: service)
    else { return }
    path.append(parameter)
    defer { path.removeLast() }
    visited.insert(OriginKey(parameter: parameter, override: source.override))
    let text = configuration.listText(of: source, service: service)
    for index in text.items.indices {
      visit(text, index, source, classes: classes, isTrial: isTrial)
    }
  }

  private mutating func visit(
    _ text: ListText, _ index: Int, _ source: ParameterSource, classes: [String], isTrial: Bool
  ) {
    let item = text.items[index]
    if let reference = item.reference, item.state != .off {
      return visit(reference, classes: classes, isTrial: isTrial || item.isWarned)
    }
    let (name, argument) = spelled(item)
    var restriction = Restriction(
      name: name, argument: argument, state: isTrial && item.state == .on ? .trial : item.state,
      origin: Origin(
        location: source.isDefault
          ? SourceLocation(file: .main, line: 0, column: 0)
          : configuration.location(source.file, item.range.lowerBound),
        parameter: source.name, override: source.override),
      target: RestrictionTarget(
        parameter: source.name, override: source.override?.description, name: item.name,
        argument: item.argument, occurrence: text.occurrence(of: index)),
      classes: classes)
    if item.state != .off, let ending { restriction.unreachableReason = ending }
    restrictions.append(restriction)
    guard item.state != .off else { return }
    if classNames.contains(item.name), Catalog.restriction(named: item.name) == nil {
      let outer = ending
      visit(item.name, classes: classes + [item.name], isTrial: isTrial || item.isWarned)
      // `permit` in a class permits the list; other endings too, when they are reached.
      ending = outer ?? ending
    } else if RestrictionName.endsList(name), item.state == .on, ending == nil {
      let line = restriction.origin.location.line
      ending = "after \(name)" + (line > 0 ? " in line \(line)" : "")
    }
  }

  /// Name and argument with `$` replaced, and the name that a bare table stands for.
  private func spelled(_ item: ListText.Item) -> (String, String?) {
    let name = (try? expander.expand(item.name)) ?? item.name
    let argument = item.argument.map { (try? expander.expand($0)) ?? $0 }
    if Catalog.restriction(named: name) == nil, argument == nil, RestrictionName.isBareTable(name),
      let full = RestrictionName.bareTableRestriction(at: stage)
    {
      return (full, name)
    }
    return (name, argument)
  }
}
