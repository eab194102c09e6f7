/// The numbers of arguments of restrictions, as names of DNS lists, for the common forms.
struct KnownArguments: ~Copyable {
  private var texts = KnownTexts()
  private var numbers = KnownTexts.Filed<Int32>(repeating: 0)

  /// The number of a text, -1 when it is not known. 32 bytes from its beginning on must be readable.
  @inline(__always)
  func find(_ raw: UnsafeRawPointer, _ slice: Slice) -> Int {
    let place = texts.find(raw + slice.lower, slice.count)
    return place >= 0 ? Int(numbers[folded: place]) : -1
  }

  mutating func note(_ line: Span<UInt8>, _ slice: Slice, _ number: Int) {
    guard let place = texts.keep(line, from: slice.lower, to: slice.upper) else { return }
    numbers[place] = Int32(truncatingIfNeeded: number)
  }
}
