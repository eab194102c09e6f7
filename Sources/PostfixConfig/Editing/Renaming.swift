extension Configuration {
  /// Gives a restriction another name in its place; argument, state and comments stay.
  mutating func rename(_ target: RestrictionTarget, to name: String) throws(EditError) {
    let source = try source(for: target)
    let before = self
    var (index, elements) = try locate(target, source)
    let new = try checked(name, source)
    guard grammar.shape(of: name) == .builtIn || grammar.shape(of: name) == .classReference,
      grammar.takesArgument(name) == (elements[index].argument != nil)
    else {
      throw EditError(
        "\(name) cannot stand for \(target.name): pick a restriction with the same kind of argument"
      )
    }
    replace(elements[index].nameRange, with: new, in: source)
    elements[index].name = name
    try confirm(source, holds: elements, after: before)
  }
}
