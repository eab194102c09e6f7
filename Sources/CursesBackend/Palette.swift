import CTerminal
import TextGrid

/// How each role looks; one table for every kind of terminal.
///
/// The eight basic colours come first: the user's own scheme defines them, and they take half the bytes.
/// Every role differs in attribute or symbol too, so that monochrome terminals lose nothing.
struct Palette {
  /// Colours as numbers of the terminal (-1 its own), and attributes.
  private struct Look {
    var color256: Int32
    var color8: Int32
    var attributes: UInt32
  }

  private let colors: Int32

  /// Sets the pairs up; `colors` is 0 for a monochrome terminal or NO_COLOR.
  ///
  /// - Parameter own: the user's colours by role, in place of these.
  init(colors: Int32, own: [Role: Int]) {
    self.colors = colors
    guard colors >= 8 else { return }
    for role in Role.allCases {
      let look = Self.look(of: role)
      // A colour that the terminal has not becomes its own.
      let wanted = own[role].map { $0 < colors ? Int32($0) : -1 }
      ct_color_pair(Self.pair(role), wanted ?? (colors >= 256 ? look.color256 : look.color8))
    }
  }

  /// Makes what is put next look like this cell.
  func select(role: Role, isSelected: Bool) {
    let look = Self.look(of: role)
    // A grey of its own needs no attribute, whose change costs a slow line three times the bytes.
    var attributes =
      colors >= 256 && look.color256 >= 0 ? look.attributes & ~CT_DIM.rawValue : look.attributes
    if isSelected {
      // Dim on reverse is unreadable on many terminals.
      attributes = attributes & ~CT_DIM.rawValue | CT_REVERSE.rawValue
    }
    ct_style(Int32(attributes), colors >= 8 && !isSelected ? Self.pair(role) : 0)
  }

  private static func pair(_ role: Role) -> Int32 { Int32(role.rawValue) + 1 }

  private static func look(of role: Role) -> Look {
    let (bold, dim) = (CT_BOLD.rawValue, CT_DIM.rawValue)
    let underline = CT_UNDERLINE.rawValue
    return switch role {
    case .normal: Look(color256: -1, color8: -1, attributes: 0)
    case .title, .header: Look(color256: -1, color8: -1, attributes: bold)
    case .dim, .off: Look(color256: 245, color8: -1, attributes: dim)
    case .border: Look(color256: 240, color8: -1, attributes: dim)
    case .on, .accept: Look(color256: 2, color8: 2, attributes: 0)
    case .trial: Look(color256: 3, color8: 3, attributes: 0)
    case .reject: Look(color256: 1, color8: 1, attributes: 0)
    case .warning: Look(color256: 214, color8: 3, attributes: bold)
    case .error: Look(color256: 203, color8: 1, attributes: bold)
    case .key: Look(color256: 6, color8: 6, attributes: bold)
    case .bar: Look(color256: 4, color8: 4, attributes: 0)
    case .changed: Look(color256: -1, color8: -1, attributes: bold)
    case .edited: Look(color256: 214, color8: 3, attributes: underline)
    case .diffAdded: Look(color256: 2, color8: 2, attributes: 0)
    case .diffRemoved: Look(color256: 1, color8: 1, attributes: 0)
    case .diffHunk: Look(color256: 6, color8: 6, attributes: 0)
    }
  }
}
