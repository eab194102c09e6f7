import CByteScan

/// A buffer of a fixed number of plain values that has one owner.
///
/// Bounds are checked as in an array; but since it is never shared, a change need not ask whether it
/// is, which on the counting path costs more than the change.
struct Store<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  let count: Int
  private let mask: Int

  init(repeating value: Element, count: Int) {
    base = cbytescan_zeros(count, MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: count)
    // The kernel hands out zeros, and only when they are touched: what is never counted costs nothing.
    let isZero = withUnsafeBytes(of: value) { $0.allSatisfy { $0 == 0 } }
    if !isZero { base.initialize(repeating: value, count: count) }
    self.count = count
    mask = count & (count &- 1) == 0 ? count &- 1 : 0
  }

  deinit { cbytescan_release(base) }

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

  /// The value at an index of which only as many of the lowest bits count as there are places, a power
  /// of two: always one of the buffer's.
  subscript(folded index: Int) -> Element {
    @inline(__always) get { base[index & mask] }
    @inline(__always) nonmutating _modify { yield &base[index & mask] }
  }

  /// The address of the first value.
  var start: UnsafeMutablePointer<Element> { @inline(__always) get { base } }
}
