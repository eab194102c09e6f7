import PostfixConfig

extension ParameterInfo.Kind {
  /// What may be written, in words.
  var words: String {
    switch self {
    case .restrictionList: "restrictions"
    case .bool: "yes or no"
    case .string: "text"
    case .list: "names, networks or tables"
    case .integer(let low, let high): "a number" + Self.bounds(low, high)
    case .time(let low, let high):
      "a time such as 30s, 5m, 1h; in seconds" + Self.bounds(low, high)
    case .size: "a number of bytes"
    case .level: "a release such as 3.6"
    case .earlyLevel: "a number such as 2"
    case .replyCode(let low, let high): "a reply code" + Self.bounds(low, high)
    case .choice(let words): "one of " + Self.joined(words)
    case .words(let words): "any of " + Self.joined(words)
    }
  }

  private static func joined(_ words: [String]) -> String {
    words.map { $0.isEmpty ? "(empty)" : $0 }.joined(separator: ", ")
  }

  private static func bounds(_ low: Int?, _ high: Int?) -> String {
    switch (low, high) {
    case (let low?, let high?): ", \(low) to \(high)"
    case (let low?, nil): ", at least \(low)"
    case (nil, let high?): ", at most \(high)"
    case (nil, nil): ""
    }
  }
}
