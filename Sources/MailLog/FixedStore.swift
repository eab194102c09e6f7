import CByteScan

/// A ``Store`` whose number of values, a power of two, is part of its type: an index is folded without a
/// look at that number.
struct FixedStore<let places: Int, Element: BitwiseCopyable>: ~Copyable {
  private let store: Store<Element>

  init(repeating value: Element) {
    precondition(places > 0 && places & (places &- 1) == 0)
    store = Store(repeating: value, count: places)
  }

  subscript(index: Int) -> Element {
    @inline(__always) get { store[index] }
    @inline(__always) nonmutating _modify { yield &store[index] }
  }

  /// The value at an index of which only as many of the lowest bits count as number the places: always one
  /// of the buffer's.
  subscript(folded index: Int) -> Element {
    @inline(__always) get { start[index & (places &- 1)] }
    @inline(__always) nonmutating _modify { yield &start[index & (places &- 1)] }
  }

  /// Begins to fetch the value at a folded index.
  @inline(__always)
  func fetch(folded index: Int) { cbytescan_prefetch_one(start + (index & (places &- 1))) }

  /// The address of the first value.
  var start: UnsafeMutablePointer<Element> { @inline(__always) get { store.start } }

  /// The address of a value and of those behind it.
  @inline(__always)
  func address(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: places))
    return start + index
  }

  /// Sets all values.
  func fill(_ value: Element) { start.update(repeating: value, count: places) }
}
