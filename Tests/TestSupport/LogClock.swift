import MailLog

/// Writes the stamps of a made log: moments go up, and each form of stamp tells them its own way.
public struct LogClock {
  /// How stamps and what stands around them are written.
  public enum Form: String, CaseIterable, Sendable {
    /// `Nov  2 09:00:00`, as syslog writes.
    case blankDay
    /// `Nov 02 09:00:00`, as postlogd writes.
    case zeroDay
    /// `2026-11-02T09:00:00.123456+00:00`.
    case rfc3339
    /// `2026-11-02T11:00:00+02:00`.
    case rfc3339East
    /// `2026-11-02T03:30:00.5-0530`.
    case rfc3339West
    /// `2026-11-02T09:00:00Z`.
    case rfc3339Zulu
    /// `<22>Nov  2 09:00:00`.
    case priority
    /// The message begins with `[ID 197553 mail.info]`.
    case messageID
    /// Traditional stamps on both sides of New Year.
    case newYear
    /// Traditional stamps of Central Europe when clocks go forward.
    case springForward
    /// Traditional stamps of Central Europe when clocks go back.
    case fallBack
  }

  /// The form of the stamps.
  public let form: Form
  /// The present moment, seconds since the epoch.
  public private(set) var seconds: Int64

  /// Starts so that what is special about a form happens `lead` seconds later.
  public init(_ form: Form, lead: Int64 = 1800) {
    self.form = form
    seconds =
      switch form {
      case .newYear: 1_798_761_600 - lead
      case .springForward: Self.spring - lead
      case .fallBack: Self.autumn - lead
      default: 1_795_338_000
      }
  }

  /// 2026-03-29T01:00:00Z and 2026-10-25T01:00:00Z.
  private static let (spring, autumn): (Int64, Int64) = (1_774_746_000, 1_792_890_000)

  /// The zone that a reader must know to read the stamps.
  public var zone: LocalZone {
    switch form {
    case .springForward, .fallBack:
      LocalZone(transitions: [
        .init(start: .min, offset: 3600), .init(start: Self.spring, offset: 7200),
        .init(start: Self.autumn, offset: 3600),
      ])
    default: .utc
    }
  }

  /// Goes on by so many seconds.
  public mutating func advance(by step: Int64) { seconds += step }

  /// `STAMP HOST TAG: ` with what the form puts around it.
  public func head(_ tag: String) -> String {
    let id = form == .messageID ? " [ID 197553 mail.info]" : ""
    return "\(form == .priority ? "<22>" : "")\(stamp) mx1 \(tag):\(id) "
  }

  /// The stamp alone.
  public var stamp: String {
    switch form {
    case .rfc3339: isoText(offset: 0) + ".123456+00:00"
    case .rfc3339East: isoText(offset: 7200) + "+02:00"
    case .rfc3339West: isoText(offset: -19_800) + ".5-0530"
    case .rfc3339Zulu: isoText(offset: 0) + "Z"
    default: traditionalText
    }
  }

  private var traditionalText: String {
    let local = seconds + Int64(zone.offset(at: seconds))
    let (_, month, day) = Self.date(local)
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let filler = form == .zeroDay ? "0" : " "
    return "\(names[month - 1]) \(day < 10 ? filler : "")\(day) \(Self.time(local))"
  }

  private func isoText(offset: Int64) -> String {
    let (year, month, day) = Self.date(seconds + offset)
    return "\(year)-\(Self.two(month))-\(Self.two(day))T\(Self.time(seconds + offset))"
  }

  private static func time(_ local: Int64) -> String {
    let second = Int(local % 86_400)
    return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }

  /// Counted off month by month from 2026 on: another way than the product's.
  private static func date(_ local: Int64) -> (year: Int, month: Int, day: Int) {
    var days = Int(local / 86_400) - 20_454
    var year = 2026
    while true {
      let lengths = [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (month, length) in lengths.enumerated() {
        if days < length { return (year, month + 1, days + 1) }
        days -= length
      }
      year += 1
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
