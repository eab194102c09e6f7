/// A named set of parameters with the reason for each (Resources/Catalog/presets.tsv).
public struct Preset: Hashable, Sendable {
  /// One parameter of a preset.
  public struct Setting: Hashable, Sendable {
    /// The parameter, built-in or defined by the preset itself.
    public var parameter: String
    /// The value; one that begins with a line feed is written over several indented lines.
    public var value: String
    /// Why the preset sets it, to be shown as help beside the parameter.
    public var reason: String

    /// Describes a setting.
    public init(parameter: String, value: String, reason: String) {
      self.parameter = parameter
      self.value = value
      self.reason = reason
    }
  }

  /// The name by which the preset is asked for.
  public var name: String
  /// The settings in the order in which main.cf should hold them.
  public var settings: [Setting]

  /// Describes a preset.
  public init(name: String, settings: [Setting]) {
    self.name = name
    self.settings = settings
  }
}

extension Preset.Setting {
  /// Reads a row of presets.tsv, without regard to its first column; nil when a column is missing.
  init?(fields: [String]) {
    guard fields.count == 4, !fields[1].isEmpty else { return nil }
    self.init(
      parameter: fields[1], value: Self.unescapingLineFeeds(fields[2]), reason: fields[3])
  }

  /// Turns each `\n` of a table cell, which cannot hold a line feed itself, into one.
  private static func unescapingLineFeeds(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      if byte == UInt8(ascii: "n"), result.last == UInt8(ascii: "\\") {
        result[result.count - 1] = UInt8(ascii: "\n")
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
