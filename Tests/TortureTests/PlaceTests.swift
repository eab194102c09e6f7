import Glibc
import HostSystem
import TestSupport
import Testing

/// mount(2) works here, in a mount namespace of its own.
let canMount: Bool = {
  let said = try? Command("/usr/bin/unshare", ["-m", "/bin/mount", "-t", "tmpfs", "t", "/mnt"])
    .run()
  return said?.succeeded ?? false
}()

/// Where main.cf may lie: on another file system, on a full one, on one that is read-only.
///
/// Each in a mount namespace of its own, which ends with its commands.
@Suite(.enabled(if: canRunPostfix && canMount, "SKIPPED: needs root, Postfix and mount(2)"))
struct PlaceTests {
  /// Runs a shell script with `$etc` and `$postgate` in a mount namespace; what it says.
  private func run(_ script: String, _ scratch: ScratchInstance) throws -> CommandResult {
    let variables = [
      "etc": scratch.root + "/etc", "fs": scratch.root + "/fs", "postgate": postgateProgram,
      "POSTGATE_STATE_DIRECTORY": scratch.root + "/state",
    ]
    mkdir(scratch.root + "/fs", 0o755)
    return try Command(
      "/usr/bin/unshare", ["-m", "/bin/sh", "-c", "set -e\n" + script],
      environment: Command.cleanEnvironment.merging(variables) { $1 }
    ).run()
  }

  private static let tmpfs = """
    mount -t tmpfs -o mode=0755,size=256k none "$fs"
    cp "$etc"/*.cf "$fs"
    mount --bind "$fs" "$etc"

    """
  private static let change = "\"$postgate\" set smtpd_helo_required=no -c \"$etc\""

  @Test func onAnotherFileSystemEverythingIsKept() throws {
    let scratch = try ScratchInstance(start: false)
    let said = try run(
      Self.tmpfs + """
        chgrp adm "$etc/main.cf"
        chmod 640 "$etc/main.cf"
        setfacl -m u:daemon:r "$etc/main.cf"
        getfacl -cpE "$etc/main.cf" >"$etc/../before"
        \(Self.change)
        getfacl -cpE "$etc/main.cf" >"$etc/../after"
        cmp "$etc/../before" "$etc/../after"
        stat -c '%a %G %d' "$etc/main.cf"
        stat -c '%d' /tmp
        grep helo_required "$etc/main.cf"
        ls "$etc"
        """, scratch)
    #expect(said.succeeded, "\(said.outputText) \(said.errorText)")
    let lines = said.outputText.split(separator: "\n").map(String.init)
    #expect(lines.suffix(3).first == "smtpd_helo_required = no", "\(lines)")
    let file = lines.last { $0.hasPrefix("640 adm ") }?.split(separator: " ").last
    #expect(file != nil && !lines.contains(String(file ?? "")), "\(lines)")
  }

  @Test func aReadOnlyDirectoryIsToldAndNothingHappens() throws {
    let scratch = try ScratchInstance(start: false)
    let old = try scratch.mainText
    let said = try run(
      """
      mount --bind "$etc" "$etc"
      mount -o remount,bind,ro "$etc"
      \(Self.change)
      """, scratch)
    #expect(said.ending == .exited(1))
    #expect(said.errorText.contains("main.cf.tmp: Read-only file system"), "\(said.errorText)")
    #expect(try scratch.mainText == old)
  }

  @Test func aFullFileSystemIsToldAndNothingHappens() throws {
    let scratch = try ScratchInstance(start: false)
    let said = try run(
      Self.tmpfs + """
        cp "$etc/main.cf" "$etc/../old"
        dd if=/dev/zero of="$etc/full" bs=4k 2>/dev/null || true
        \(Self.change) && exit 9
        cmp "$etc/main.cf" "$etc/../old"
        rm "$etc/full"
        ls "$etc"
        \(Self.change)
        """, scratch)
    #expect(said.succeeded, "\(said.outputText) \(said.errorText)")
    #expect(said.errorText.contains("No space left on device"), "\(said.errorText)")
    #expect(!said.outputText.contains("main.cf.tmp"))
    #expect(said.outputText.contains("change 2 is live"), "\(said.outputText)")
  }

  /// Where each subvolume has a device number that /proc/locks does not know.
  @Test(
    .enabled(
      if: access("/sbin/mkfs.btrfs", X_OK) == 0, "SKIPPED: needs mkfs.btrfs (btrfs-progs)"))
  func onBtrfsTheHolderOfALockIsFound() throws {
    let scratch = try ScratchInstance(start: false)
    let said = try run(
      """
      truncate -s 128M "$fs.image"
      mkfs.btrfs -q "$fs.image" 2>/dev/null
      mount -o loop "$fs.image" "$fs" || { echo "no loop device"; exit 0; }
      chmod 755 "$fs"
      export POSTGATE_STATE_DIRECTORY="$fs/state"
      \(Self.change) --confirm 2
      "$postgate" status -c "$etc" | grep waiting
      sleep 3
      "$postgate" history -c "$etc"
      umount "$fs"
      """, scratch)
    #expect(said.succeeded, "\(said.outputText) \(said.errorText)")
    if said.outputText.contains("no loop device") {
      return print("*** SKIPPED: no loop device ***")
    }
    #expect(said.outputText.contains("timed out"), "\(said.outputText)")
  }
}
