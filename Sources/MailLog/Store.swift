import CByteScan

/// A buffer of a fixed number of plain values that has one owner.
///
/// Bounds are checked as in an array; but since it is never shared, a change need not ask whether it
/// is, which on the counting path costs more than the change.
struct Store<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  init(repeating value: Element, count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  deinit { base.deallocate() }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base[index]
    }
    @inline(__always) nonmutating _modify {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      yield &base[index]
    }
  }

  /// Asks for a value to be fetched into the processor's cache, since it is needed soon.
  @inline(__always)
  func prefetch(_ index: Int) { cbytescan_prefetch(base + (index & (count &- 1))) }

  /// Sets all values.
  func fill(_ value: Element) { base.update(repeating: value, count: count) }
}
