/// Counts distinct values in 16 KiB with a standard error of 0.8% (Flajolet and others, 2007).
struct HyperLogLog: ~Copyable {
  /// The relative standard error of ``estimate``: 1.04 / sqrt(2^14).
  static let standardError = 0.0081

  private var registers = Store(repeating: UInt8(0), count: 1 << 14)

  /// - Parameter hash: a well-mixed hash of the value.
  @inline(__always)
  mutating func add(_ hash: UInt64) {
    let index = Int(hash >> 50)
    let rank = UInt8(truncatingIfNeeded: ((hash << 14) | 1 << 13).leadingZeroBitCount &+ 1)
    if registers[folded: index] < rank { registers[folded: index] = rank }
  }

  mutating func merge(_ other: borrowing HyperLogLog) {
    for index in 0..<registers.count {
      registers[index] = max(registers[index], other.registers[index])
    }
  }

  var estimate: Int {
    var counts = [Int](repeating: 0, count: 66)
    for index in 0..<registers.count { counts[Int(registers[index])] += 1 }
    let size = Double(registers.count)
    var sum = 0.0
    for (rank, count) in counts.enumerated() where count > 0 {
      sum += Double(count) / Double(UInt64(1) << UInt64(min(rank, 62)))
    }
    let raw = 0.7213 / (1 + 1.079 / size) * size * size / sum
    // Few values: counting the empty registers is nearly exact.
    if counts[0] > 0 && raw <= 2.5 * size {
      return Int((size * naturalLogarithm(size / Double(counts[0]))).rounded())
    }
    return Int(raw.rounded())
  }

  /// ln(x) for x >= 1 without the C library: exponent times ln 2, and atanh series of the mantissa.
  private func naturalLogarithm(_ value: Double) -> Double {
    let ratio = (value.significand - 1) / (value.significand + 1)
    var (term, sum, index) = (ratio, 0.0, 1.0)
    while term / index > 1e-17 {
      sum += term / index
      term *= ratio * ratio
      index += 2
    }
    return Double(value.exponent) * 0.693_147_180_559_945_3 + 2 * sum
  }
}
