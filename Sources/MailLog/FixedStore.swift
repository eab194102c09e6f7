import CByteScan

/// A ``Store`` whose number of values, a power of two, is part of its type: an index is folded without a
/// look at that number.
struct FixedStore<let places: Int, Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>

  init(repeating value: Element) {
    precondition(places > 0 && places & (places &- 1) == 0)
    base = zeroedMemory(repeating: value, count: places)
  }

  deinit { cbytescan_release(base) }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: places))
      return base[index]
    }
    @inline(__always) nonmutating _modify {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: places))
      yield &base[index]
    }
  }

  /// The value at an index of which only as many of the lowest bits count as number the places: always one
  /// of the buffer's.
  subscript(folded index: Int) -> Element {
    @inline(__always) get { base[index & (places &- 1)] }
    @inline(__always) nonmutating _modify { yield &base[index & (places &- 1)] }
  }

  /// Begins to fetch the value at a folded index.
  @inline(__always)
  func fetch(folded index: Int) { cbytescan_prefetch_one(base + (index & (places &- 1))) }

  /// The address of the first value.
  var start: UnsafeMutablePointer<Element> { @inline(__always) get { base } }

  /// The address of a value and of those behind it.
  @inline(__always)
  func address(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: places))
    return base + index
  }

  /// Sets all values.
  func fill(_ value: Element) { base.update(repeating: value, count: places) }
}
