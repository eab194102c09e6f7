extension Configuration {
  /// Carries out one edit; the text is unchanged when it throws.
  ///
  /// - Throws: ``EditError`` when what the edit names is not there any more.
  public mutating func apply(_ edit: Edit) throws(EditError) {
    switch edit {
    case .setState(let target, let state): self = try settingState(target, state)
    case .insert(let stage, let service, let name, let argument, let state):
      self = try inserting(
        RestrictionText(name: name, argument: argument, state: state), stage: stage,
        service: ServiceID(service))
    case .remove(let target):
      let (source, text, index) = try find(target)
      self = removing(text.items[index], in: source, text)
    case .move(let target, let offset): self = try moving(target, offset)
    case .setArgument(let target, let argument): self = try settingArgument(target, argument)
    case .setParameter(let name, let value, let service):
      self = try settingParameter(name, value, service.map { ServiceID($0) })
    case .resetParameter(let name, let service):
      self = try resettingParameter(name, service.map { ServiceID($0) })
    }
  }

  /// The text that holds a target, with the place of the target in it.
  ///
  /// A target in a default has no text yet; the default is written out first.
  func find(
    _ target: RestrictionTarget
  ) throws(EditError) -> (source: ParameterSource, text: ListText, index: Int) {
    let service = target.override.map { ServiceID($0) }
    guard let source = source(of: target.parameter, service: service),
      target.override == nil || source.override == service
    else { throw EditError("\(target.place) is not set any more; read the configuration again") }
    let text = listText(of: source, service: service)
    guard let index = text.index(of: target) else {
      throw EditError(
        "\(target.label) is not in \(target.place) any more; read the configuration again")
    }
    return (source, text, index)
  }

  /// The bytes of the file that a source lies in.
  func bytes(of source: ParameterSource) -> [UInt8] {
    source.file == .main ? main.bytes : master.bytes
  }

  func lines(of source: ParameterSource) -> [PhysicalLine] {
    source.file == .main ? main.lines : master.lines
  }

  /// Writes a default out as a definition of main.cf, so that it can be edited.
  func writingOut(_ parameter: String) throws(EditError) -> Configuration {
    let value = value(of: parameter) ?? ""
    let words = value.utf8.split(whereSeparator: \.isListSeparator).compactMap { String($0) }
    return appending(parameter, words.joined(separator: ", "))
  }

  /// Adds `name = value` at the end of main.cf, on a line of its own.
  func appending(_ name: String, _ value: String) -> Configuration {
    var result = self
    var bytes = main.bytes
    if let last = bytes.last, last != 0x0A { bytes += main.lineEnd }
    bytes += Array("\(name) =\(value.isEmpty || value.hasPrefix("\n") ? "" : " ")".utf8)
    let ending = String(decoding: main.lineEnd, as: UTF8.self)
    bytes += Array(value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: ending).utf8)
    bytes += main.lineEnd
    result.main = MainCF(bytes)
    return result
  }
}

extension RestrictionTarget {
  /// Name and argument as one would write them.
  var label: String { argument.map { "\(name) \($0)" } ?? name }

  /// Where it stands, in words.
  var place: String { override.map { "\(parameter) of \($0) in master.cf" } ?? parameter }
}

/// A restriction as it is to be written.
struct RestrictionText {
  var name: String
  var argument: String?
  var state: RestrictionState

  /// The words; `separator` is a comma in an override that cannot hold blanks.
  func words(separator: String = " ") -> String {
    let words = (state == .trial ? ["warn_if_reject"] : []) + [name] + (argument.map { [$0] } ?? [])
    return words.joined(separator: separator)
  }
}
