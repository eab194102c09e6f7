import Glibc

/// Whether tests with a real Postfix can run here, and why not if they cannot.
///
/// Use as `.enabled(if: SystemTests.arePossible, Comment(rawValue: SystemTests.reason))`.
public enum SystemTests {
  /// True for root with Postfix and dnsmasq installed; says loudly so when it is false.
  public static let arePossible: Bool = {
    if let missing {
      let text = "*** SKIPPED: every test with a real Postfix. \(missing) ***\n"
      text.withCString { _ = write(2, $0, strlen($0)) }
    }
    return missing == nil
  }()

  /// Why the tests are skipped.
  public static var reason: String { missing ?? "everything needed is here" }

  private static let missing: String? = {
    if geteuid() != 0 { return "They need root: run the tests with sudo." }
    let programs = [
      ("postfix", "postfix"), ("postconf", "postfix"), ("dnsmasq", "dnsmasq-base"),
    ]
    for (program, package) in programs
    where access("/usr/sbin/\(program)", X_OK) != 0 && access("/usr/bin/\(program)", X_OK) != 0 {
      return "\(program) is missing: apt-get install \(package)."
    }
    return nil
  }()
}
