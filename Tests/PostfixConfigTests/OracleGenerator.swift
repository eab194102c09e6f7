@testable import PostfixConfig

/// Makes files for the oracle: from grammar, or real ones with damages.
struct OracleGenerator {
  var dice: Dice

  private static let names = [
    "mydestination", "relay_domains", "smtpd_helo_restrictions", "mynetworks", "myorigin",
    "smtpd_banner", "user_a", "user_b", "mail_name",
  ]

  private static let pieces = [
    "a", "b, c", "$relay_domains", "${myorigin?{x}:{y}}", "${{3.10} >=level {3.9} ? {new} : {old}}",
    "\n  # comment\n\n   d", "\n\te,", "$$", "${mynetworks:none}", "$(myorigin)", "  ", "=",
    "\r\n f", "${user_a?  spaced }", "${ user_b ? { in } : { out } }", "$mail_name",
    "${{a} == {b}}", "${{10} < {9} ? {small} : {great}}", "${{x$user_b} != {x}?{set}}",
    "${user_b:{$mail_name}}", "#", "\n# left\n  right", "$(user_a)", "${unset_name}", "{ a, b }",
    "\u{e9}", "${user_a:}", "${{$mail_name} == {Postfix} ? yes}", "${user_a?b:c}", "\u{b}",
    "${{$user_b} ? {} : {}}", "${user_a?{${user_b?{both}:{one}}}:{none}}", "$mail_name$user_b",
    "${{2} <level {2.1} ? {old}}", "${{} == {} ? {empty}}", "\0 lost", "$(user_b)x",
  ]

  private static let broken = [
    "${", "$", "$ x", "${user-a}", "${{a} = {b}}", "$(user_a", "${user_a?{x}y}", "${}",
    "${{a} == b}", "$mydestination",
  ]

  /// A main.cf of real and user-defined parameters; `isBroken` may put a fault in.
  mutating func main(isBroken: Bool) -> [UInt8] {
    var text = dice.choice(["", "# start\n", "\n\n", "   \n# x\n", "  # indented\n"])
    for (index, name) in Self.names.enumerated() where !dice.chance(6) {
      text += name + dice.choice([" = ", "=", " =\n   ", "\t=\t", "\n  = "])
      for _ in 0..<dice.below(6) {
        var piece = dice.choice(Self.pieces)
        if isBroken, dice.chance(8) { piece = dice.choice(Self.broken) }
        // A name refers only to later ones, so that loops stay rare.
        let refers = Self.names.firstIndex { piece.contains($0) } ?? Self.names.count
        if refers <= index, !(isBroken && dice.chance(3)) { continue }
        text += piece
      }
      text += dice.chance(10) ? " \r\n" : "\n"
      if dice.chance(8) { text += dice.choice(["\n", "# c\n", "   \n", "\t# i\n"]) }
      if dice.chance(12) { text += "\(dice.choice(Self.names)) = twice\n" }
    }
    if isBroken, dice.chance(4) { text += "no equals\n" }
    if dice.chance(6), text.hasSuffix("\n") { text.removeLast() }
    return Array(text.utf8)
  }

  /// A real main.cf, whole or in part, with damages.
  mutating func damagedMain() -> [UInt8] {
    let text = dice.choice(SeedTexts.main)
    let lines = text.split(separator: 10, omittingEmptySubsequences: false)
    let start = dice.below(lines.count)
    let part =
      dice.chance(3)
      ? text
      : Array(
        lines[start..<min(lines.count, start + 1 + dice.below(30))].joined(separator: [10])) + [10]
    return dice.chance(6) ? part : Mutator.mutated(part, &dice, most: 4)
  }

  /// No joined `-oNAME=VALUE` has another "o" in it: postconf (not getopt(3), which the daemons use)
  /// splits such a word at every "o".
  private static let arguments = [
    "-o a=b", "\n  -o { c = d e }", "-v", "\n  # note\n  -o user_a=$mynetworks", "-o e=",
    "\n\n   -o { f= x, y}", "-o {g=h}", "\n  -o h=a,b,c", "-o a=again", "-o j={k}",
    "\n# left\n -o { l = { m n } }", "-vv -D", "-o { m = }", "-on=x", "-vo p=q", "-o{ r = s t }",
    "-voa=3",
  ]

  /// A master.cf from services and arguments.
  mutating func master() -> [UInt8] {
    let services = [
      "smtp inet n - y - - smtpd", "submission  inet\tn - y - - smtpd",
      "pickup unix n - y 60 1 pickup", "127.0.0.1:2525 inet n - - - 5 smtpd",
      "smtpd pass - - y - - smtpd", "smtp inet n - n 5? 0 smtpd",
      "maildrop unix - n n - - pipe\n  flags=DRXhu user=vmail argv=/bin/true ${recipient}",
    ]
    var text = "# master\n"
    for service in services where !dice.chance(4) {
      text += service
      for _ in 0..<dice.below(4) { text += " " + dice.choice(Self.arguments) }
      text += dice.chance(10) ? " \r\n" : "\n"
      if dice.chance(8) { text += dice.choice(["\n", "# c\n", "   \n", "\t# i\n"]) }
    }
    return Array(text.utf8)
  }

  /// A real master.cf in which examples are switched on and arguments come and go.
  mutating func damagedMaster() -> [UInt8] {
    var lines = dice.choice(SeedTexts.master).split(
      separator: 10, omittingEmptySubsequences: false
    ).map { Array($0) }
    for _ in 0..<dice.below(8) {
      let place = dice.below(lines.count)
      switch dice.below(4) {
      case 0 where lines[place].first == Byte.hash: lines[place].removeFirst()
      case 1 where lines[place].first != Byte.hash && !lines[place].isEmpty:
        lines[place] += Array((" " + dice.choice(Self.arguments)).utf8)
      case 2 where lines[place].first == 32: lines.remove(at: place)
      default: lines.insert(Array(dice.choice(["", "# c", "   ", "\t# i"]).utf8), at: place)
      }
    }
    return Array(lines.joined(separator: [10]))
  }
}
