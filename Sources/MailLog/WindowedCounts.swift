import DequeModule

/// Counters with their course over time, in bounded memory.
///
/// Time is cut into steps of ``quantum`` seconds. A cell holds one counter's increments in one step;
/// cells stand in order of time, so that a sliding window drops them at its front. When there are
/// too many cells the steps become coarser (a minute, an hour, a day, …); totals stay exact.
struct WindowedCounts: ~Copyable {
  struct Cell {
    var step: Int64
    var key: Int32
    var count: Int32
  }

  static let keyLimit = 6000
  static let cellLimit = 300_000

  private(set) var quantum: Int64
  private(set) var keys: [CountKey] = []
  private(set) var totals: [Int] = []
  private(set) var cells = Deque<Cell>()
  /// Position of each counter's newest cell, counted from the first cell ever; -1 without one.
  private var newest: [Int] = []
  private var dropped = 0

  /// Numbers of the keys by their hash, from 1; 0 where there is none.
  private var slots = FixedStore<32_768, Int32>(repeating: 0)
  /// The keys by their numbers, all bits turned: 0 where there is none, since no key has all bits. There is
  /// room beyond ``keyLimit`` for those without argument and reply, and of the last resort one for each
  /// kind and policy.
  private var packed = FixedStore<16_384, UInt64>(repeating: 0)
  /// What was counted in the present step and has no cell yet.
  private var pending = FixedStore<16_384, Int32>(repeating: 0)
  /// One bit for each 256 counters: whether one of them may have such.
  private var touched: UInt64 = 0
  /// The counter that was found last at each place that ``recentPlace(of:)`` gives.
  private var recent = FixedStore<256, Int32>(repeating: 0)
  private var step: Int64 = -1 << 40
  /// The end of the present step, microseconds since the epoch.
  private(set) var stepEnd = Int64.min
  /// What is older than this has a step of its own; what is a little late counts in the present one.
  private(set) var lateLimit = Int64.min

  /// Microseconds by which a line may be late without a step of its own.
  private static let lateness: Int64 = 60 * 1_000_000

  init(quantum: Int64) { self.quantum = quantum }

  /// True when what happened at a moment, in microseconds since the epoch, counts in the present step.
  @inline(__always)
  func isNow(_ time: Int64) -> Bool { time < stepEnd && time >= lateLimit }

  /// Adds to a counter in the present step.
  @inline(__always)
  mutating func addNow(_ key: CountKey) {
    let place = recentPlace(of: key)
    var id = Int(recent[folded: place])
    if packed[folded: id] != ~key.packed { id = number(of: key, place) }
    addNow(id)
  }

  /// The same to a counter with a number that ``number(of:)`` gave.
  @inline(__always)
  mutating func addNow(_ id: Int) {
    pending[folded: id] &+= 1
    touched |= 1 &<< UInt64(truncatingIfNeeded: id &>> 8)
  }

  /// The number of a counter, which it keeps.
  mutating func number(of key: CountKey) -> Int { find(key) ?? insert(key) }

  @inline(__always)
  private func recentPlace(of key: CountKey) -> Int {
    Int(truncatingIfNeeded: (key.packed &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }

  private mutating func number(of key: CountKey, _ place: Int) -> Int {
    guard let id = find(key) else { return insert(key) }
    recent[place] = Int32(truncatingIfNeeded: id)
    return id
  }

  /// Makes the step of a moment, in microseconds since the epoch, the present one.
  mutating func beginStep(at time: Int64) {
    settle()
    step = floorDivide(LogTime(microseconds: time).seconds)
    setLimits()
  }

  private mutating func setLimits() {
    let seconds = Int64.max / 1_000_000
    stepEnd = min((step + 1) * quantum, seconds) * 1_000_000
    lateLimit = max(step * quantum, -seconds + 60) * 1_000_000 - Self.lateness
  }

  /// Makes cells of what was counted in the present step; before anything is read.
  mutating func settle() {
    let isLate = cells.last.map { $0.step > step } ?? false
    while touched != 0 {
      let first = touched.trailingZeroBitCount << 8
      touched &= touched &- 1
      for id in first..<min(first + 256, keys.count) where pending[id] != 0 {
        settle(id, isLate: isLate)
      }
    }
    if cells.count > Self.cellLimit { coarsen() }
  }

  private mutating func settle(_ id: Int, isLate: Bool) {
    let amount = pending[id]
    pending[id] = 0
    totals[id] += Int(amount)
    let position = newest[id] - dropped
    if isLate {
      addLate(Cell(step: step, key: Int32(id), count: amount))
    } else if position >= 0 && cells[position].step == step {
      cells[position].count += amount
    } else {
      newest[id] = dropped + cells.count
      cells.append(Cell(step: step, key: Int32(id), count: amount))
    }
  }

  /// Adds to the cells of a step behind which there are others: a clock was wrong, or logs are mixed.
  private mutating func addLate(_ cell: Cell) {
    var (place, end) = (0, cells.count)
    while place < end {
      let middle = (place + end) / 2
      if cells[middle].step > cell.step { end = middle } else { place = middle + 1 }
    }
    var former = place - 1
    while former >= 0 && cells[former].step == cell.step {
      if cells[former].key == cell.key {
        cells[former].count += cell.count
        return
      }
      former -= 1
    }
    for id in newest.indices where newest[id] >= dropped + place { newest[id] += 1 }
    cells.insert(cell, at: place)
    let id = Int(cell.key)
    newest[id] = max(newest[id], dropped + place)
  }

  /// Takes back one count, of a session that turned out otherwise.
  mutating func subtract(_ key: CountKey, at seconds: Int64) {
    settle()
    guard let id = find(key), totals[id] > 0 else { return }
    let wanted = floorDivide(seconds)
    for index in cells.indices.reversed() where cells[index].key == Int32(id) {
      if cells[index].step <= wanted && cells[index].count > 0 {
        cells[index].count -= 1
        totals[id] -= 1
        return
      }
    }
  }

  /// Drops what lies before `seconds`, whole steps only; the moment from which all is kept.
  mutating func dropCells(before seconds: Int64) -> Int64 {
    settle()
    let first = floorDivide(seconds &+ quantum &- 1)
    while let cell = cells.first, cell.step < first {
      totals[Int(cell.key)] -= Int(cell.count)
      cells.removeFirst()
      dropped += 1
    }
    return first * quantum
  }

  @inline(__always)
  private func floorDivide(_ seconds: Int64) -> Int64 {
    let quotient = seconds / quantum
    return quotient * quantum > seconds ? quotient - 1 : quotient
  }

  @inline(__always)
  private func find(_ key: CountKey) -> Int? {
    var slot = Int(truncatingIfNeeded: mix(key.packed))
    while slots[folded: slot] > 0 {
      let id = Int(slots[folded: slot] &- 1)
      if packed[id] == ~key.packed { return id }
      slot = slot &+ 1
    }
    return nil
  }

  private mutating func insert(_ wanted: CountKey) -> Int {
    var key = wanted
    if keys.count >= Self.keyLimit {
      // Too many arguments or replies: counted without them, so that no count is lost.
      if let id = find(key.folded) { return id }
      key = keys.count >= Self.keyLimit + 1000 ? key.coarse : key.folded
      if let id = find(key) { return id }
    }
    var slot = Int(truncatingIfNeeded: mix(key.packed))
    while slots[folded: slot] > 0 { slot = slot &+ 1 }
    packed[keys.count] = ~key.packed
    keys.append(key)
    slots[folded: slot] = Int32(keys.count)
    totals.append(0)
    newest.append(-1)
    return keys.count - 1
  }

  /// Makes the steps coarser until half of the cells are free.
  private mutating func coarsen() {
    while cells.count > Self.cellLimit / 2 && quantum < 1 << 40 {
      let factor: Int64 = quantum < 60 ? 60 / quantum : quantum < 3600 ? 60 : 24
      quantum *= max(2, factor)
      merge(by: max(2, factor))
    }
    setLimits()
  }

  private mutating func merge(by factor: Int64) {
    let old = cells
    cells = Deque(minimumCapacity: old.count)
    newest = [Int](repeating: -1, count: keys.count)
    dropped = 0
    let coarser = { (step: Int64) in step >= 0 ? step / factor : (step - factor + 1) / factor }
    step = coarser(step)
    for cell in old {
      let coarse = coarser(cell.step)
      let position = newest[Int(cell.key)]
      if position >= 0 && cells[position].step == coarse {
        cells[position].count += cell.count
      } else {
        newest[Int(cell.key)] = cells.count
        cells.append(Cell(step: coarse, key: cell.key, count: cell.count))
      }
    }
  }
}
