extension Edit {
  /// For an insertion of what `earlier` took out of the text: the edit that puts it back where it stood.
  ///
  /// In a list that stands on one line a restriction that is switched off leaves no trace; what took it
  /// out still knows its place. Nil when this edit is no such insertion, or when the place is gone.
  ///
  /// - Parameters:
  ///   - before: the text that `earlier` was made on.
  ///   - present: the text that this edit is for.
  public func returning(
    _ earlier: Edit, madeOn before: Configuration, to present: Configuration
  ) -> Edit? {
    guard case .insert(let stage, let service, let name, let argument, let state) = self else {
      return nil
    }
    let gone: RestrictionTarget
    switch earlier {
    case .setState(let target, .off), .remove(let target): gone = target
    default: return nil
    }
    guard gone.name.asciiLowercased == name.asciiLowercased, gone.argument == argument,
      case .restore(let patch)? = earlier.inverse(in: before),
      let restored = try? present.applying([.restore(patch)])
    else { return nil }
    func stands(_ configuration: Configuration) -> Bool {
      let services = configuration.policy().services.filter { $0.service == ServiceID(service) }
      return services.flatMap(\.lists).filter { $0.stage == stage }.flatMap(\.restrictions).contains
      {
        $0.target.parameter == gone.parameter && $0.target.override == gone.override
          && $0.target.name.asciiLowercased == name.asciiLowercased
          && $0.target.argument == argument
          && $0.state == state
      }
    }
    return stands(restored) && !stands(present) ? .restore(patch) : nil
  }
}
