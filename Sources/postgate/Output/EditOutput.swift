import PostfixConfig

extension Edit {
  /// One element of `fix` of `postgate check --json`; every name is always there.
  var json: JSONValue {
    let parts = parts
    return [
      "edit": .string(parts.edit), "text": .string(sentence),
      "parameter": .optional(parts.parameter), "service": .optional(parts.service),
      "stage": .optional(parts.stage?.rawValue), "restriction": .optional(parts.name),
      "argument": .optional(parts.argument), "state": .optional(parts.state?.rawValue),
      "value": .optional(parts.value), "offset": .optional(parts.offset),
    ]
  }

  /// What the edit does, in words.
  var sentence: String {
    let parts = parts
    let label = [parts.name, parts.argument].compactMap { $0 }.joined(separator: " ")
    let place = parts.parameter ?? parts.stage?.parameter ?? ""
    let file = parts.service.map { " of \($0) in master.cf" } ?? ""
    switch self {
    case .setState(_, let state): return "switch \(label) in \(place)\(file) to \(state.rawValue)"
    case .insert(let stage, let service, _, _, _):
      return "put \(label) into \(stage.parameter) of \(service)"
    case .remove: return "remove \(label) from \(place)\(file)"
    case .move(_, let offset):
      return "move \(label) in \(place)\(file) \(offset < 0 ? "up" : "down") by \(abs(offset))"
    case .setArgument(let target, let argument):
      return "give \(target.name) in \(place)\(file) the argument \(argument ?? "")"
    case .rename(let target, let name): return "write \(name) for \(target.name) in \(place)\(file)"
    case .setParameter(let name, let value, _): return "set \(name) = \(value)\(file)"
    case .resetParameter(let name, _): return "remove \(name)\(file)"
    case .restore(let patch): return "restore the text of \(patch.parameter)\(file)"
    }
  }

  private struct Parts {
    var edit: String
    var parameter: String?
    var service: String?
    var stage: Stage?
    var name: String?
    var argument: String?
    var state: RestrictionState?
    var value: String?
    var offset: Int?

    init(_ edit: String, _ target: RestrictionTarget) {
      self.edit = edit
      parameter = target.parameter
      service = target.override
      name = target.name
      argument = target.argument
    }

    init(_ edit: String) { self.edit = edit }
  }

  private var parts: Parts {
    var parts: Parts
    switch self {
    case .setState(let target, let state):
      parts = Parts("set_state", target)
      parts.state = state
    case .insert(let stage, let service, let name, let argument, let state):
      parts = Parts("insert")
      (parts.stage, parts.service, parts.name) = (stage, service, name)
      (parts.argument, parts.state) = (argument, state)
    case .remove(let target): parts = Parts("remove", target)
    case .move(let target, let offset):
      parts = Parts("move", target)
      parts.offset = offset
    case .setArgument(let target, let argument):
      parts = Parts("set_argument", target)
      parts.value = argument
    case .rename(let target, let name):
      parts = Parts("rename", target)
      parts.value = name
    case .setParameter(let name, let value, let service):
      parts = Parts("set_parameter")
      (parts.parameter, parts.value, parts.service) = (name, value, service)
    case .resetParameter(let name, let service):
      parts = Parts("reset_parameter")
      (parts.parameter, parts.service) = (name, service)
    case .restore(let patch):
      parts = Parts("restore")
      (parts.parameter, parts.service) = (patch.parameter, patch.service)
      parts.value = String(decoding: patch.new, as: UTF8.self)
    }
    return parts
  }
}
