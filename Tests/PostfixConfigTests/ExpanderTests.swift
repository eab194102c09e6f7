import Testing

@testable import PostfixConfig

@Suite struct ExpanderTests {
  private let expander = Expander { name in
    ["a": "1", "b": "$a$a", "loop": "$loop", "empty": "", "level": "3.10"][name]
  }

  @Test(arguments: [
    ("$a", "1"), ("${a}", "1"), ("$(a)", "1"), ("$$a", "$a"), ("$b-${b}", "11-11"), ("$none.", "."),
    ("${a?yes}", "yes"), ("${empty?yes}", ""), ("${empty:no}", "no"), ("${a?{x}:{y}}", "x"),
    ("${empty?{x}:{y}}", "y"), ("${{$a} == {1} ? {t} : {f}}", "t"), ("${{3.10} >= {3.9}}", ""),
    ("${{3.10} >=level {3.9}}", "true"), ("${{$level} <level {3.6} ? {no} : {yes}}", "yes"),
  ])
  func expandsAsPostfixDoes(text: String, value: String) throws {
    #expect(try expander.expand(text) == value)
  }

  @Test(arguments: ["$loop", "${a", "$", "$ x", "${{1} ~ {2}}"]) func refusesWhatKillsSmtpd(text: String) {
    #expect(throws: Expander.Failure.self) { try expander.expand(text) }
  }
}
