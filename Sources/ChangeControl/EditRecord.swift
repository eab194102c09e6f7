import PostfixConfig

/// One edit of a draft as its file keeps it: flat, by names that never change within a schema.
///
/// The field `edit` says which of the others count.
struct EditRecord: Hashable, Codable {
  enum Kind: String, Codable {
    case state = "set-state"
    case insert, remove, move
    case argument = "set-argument"
    case parameter = "set-parameter"
    case reset = "reset-parameter"
    case rename, restore
  }

  var edit: Kind
  /// Of the list's value, or the parameter that is set.
  var parameter: String?
  /// Whose `-o` override it is; for an insertion whose list.
  var service: String?
  var name: String?
  var argument: String?
  var occurrence: Int?
  var state: RestrictionState?
  var stage: Stage?
  var offset: Int?
  /// The new value or argument; missing for an argument that goes.
  var value: String?
  /// What is put back.
  var patch: TextPatch?
}

extension EditRecord {
  init(_ edit: Edit) {
    switch edit {
    case .setState(let target, let state):
      self.init(.state, target)
      self.state = state
    case .insert(let stage, let service, let name, let argument, let state):
      self.init(edit: .insert)
      (self.stage, self.service, self.name) = (stage, service, name)
      (self.argument, self.state) = (argument, state)
    case .remove(let target): self.init(.remove, target)
    case .move(let target, let offset):
      self.init(.move, target)
      self.offset = offset
    case .setArgument(let target, let argument):
      self.init(.argument, target)
      value = argument
    case .setParameter(let name, let value, let service):
      self.init(edit: .parameter)
      (parameter, self.value, self.service) = (name, value, service)
    case .resetParameter(let name, let service):
      self.init(edit: .reset)
      (parameter, self.service) = (name, service)
    case .rename(let target, let name):
      self.init(.rename, target)
      value = name
    case .restore(let patch):
      self.init(edit: .restore)
      self.patch = patch
    }
  }

  private init(_ edit: Kind, _ target: RestrictionTarget) {
    self.init(edit: edit)
    (parameter, service, name) = (target.parameter, target.override, target.name)
    (argument, occurrence) = (target.argument, target.occurrence)
  }

  /// The edit; nil when a field that it needs is missing.
  var asEdit: Edit? {
    switch edit {
    case .state: target.flatMap { target in state.map { .setState(target, $0) } }
    case .insert: insertion
    case .remove: target.map { .remove($0) }
    case .move: target.flatMap { target in offset.map { .move(target, offset: $0) } }
    case .argument: target.map { .setArgument($0, value) }
    case .parameter:
      parameter.flatMap { parameter in
        value.map { .setParameter(name: parameter, value: $0, service: service) }
      }
    case .reset: parameter.map { .resetParameter(name: $0, service: service) }
    case .rename: target.flatMap { target in value.map { .rename(target, $0) } }
    case .restore: patch.map { .restore($0) }
    }
  }

  private var insertion: Edit? {
    guard let stage, let service, let name, let state else { return nil }
    return .insert(stage: stage, service: service, name: name, argument: argument, state: state)
  }

  private var target: RestrictionTarget? {
    guard let parameter, let name, let occurrence else { return nil }
    return RestrictionTarget(
      parameter: parameter, override: service, name: name, argument: argument,
      occurrence: occurrence)
  }
}
