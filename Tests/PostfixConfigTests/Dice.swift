import TestSupport

/// The choices that the generators make; the same in every run for the same seed.
typealias Dice = SeededRandom

extension SeededRandom {
  /// A number from 0 up to, but not including, `limit`; 0 for a limit below 1.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

  /// True once in `one` times.
  mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

  /// One of the elements.
  mutating func choice<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }
}

/// How much the long tests try, as the environment says.
enum Effort {
  /// Inputs for the fuzz of documents: POSTGATE_FUZZ_INPUTS.
  static let documents = setting("POSTGATE_FUZZ_INPUTS", 20_000)
  /// Files on which edits are tried: one for every 250 documents.
  static let editedFiles = max(200, documents / 250)
  /// Files that are held against postconf: POSTGATE_ORACLE_FILES.
  static let oracleFiles = setting("POSTGATE_ORACLE_FILES", 200)
  /// The seed of the first input: POSTGATE_FUZZ_SEED.
  static let firstSeed = setting("POSTGATE_FUZZ_SEED", 0)
}
