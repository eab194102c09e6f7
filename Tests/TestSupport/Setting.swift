import Glibc

/// How much a test or a measurement does, as the environment says; `standard` where it says no number.
public func setting(_ name: String, _ standard: Int) -> Int {
  getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
}
