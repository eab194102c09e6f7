import ArgumentParser
import Glibc
import TextGrid

/// Writes one line to standard output; what could steer a terminal is made visible first.
func write(_ line: String) { writeRaw(Sanitiser.clean(line) + "\n", to: STDOUT_FILENO) }

/// Writes a JSON text and a line end to standard output.
func write(_ value: JSONValue, compact: Bool = false) {
  writeRaw(value.text(compact: compact) + "\n", to: STDOUT_FILENO)
}

/// Writes a line that was made harmless already, as JSON is.
func writeVerbatim(_ line: String) { writeRaw(line + "\n", to: STDOUT_FILENO) }

/// Writes a text of several lines, each made harmless.
func write(lines text: String, toStandardError: Bool = false) {
  let descriptor = toStandardError ? STDERR_FILENO : STDOUT_FILENO
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    writeRaw(Sanitiser.clean(line) + "\n", to: descriptor)
  }
}

/// Writes `postgate: …` to standard error.
func writeError(_ message: String) {
  writeRaw("postgate: " + Sanitiser.clean(message) + "\n", to: STDERR_FILENO)
}

/// Replaces the progress line on a terminal's standard error; an empty text takes it away.
func writeProgress(_ text: String) { writeRaw("\r\u{1B}[K" + text, to: STDERR_FILENO) }

/// Carries out a command; an error that is not about the command line becomes one clear sentence on
/// standard error and exit status 1.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let code as ExitCode {
    throw code
  } catch let error as ValidationError {
    throw error
  } catch {
    reportFailure("\(error)")
    throw ExitCode(1)
  }
}

/// Writes a failure to standard error and, where JSON was asked for, as an object to standard output, which
/// a program that reads it must not find empty.
func reportFailure(_ message: String, exitStatus: Int32 = 1) {
  writeError(message)
  writeJSONFailure(message, exitStatus: exitStatus)
}

/// The same, when standard error has been served already.
func writeJSONFailure(_ message: String, exitStatus: Int32) {
  guard CommandLine.arguments.prefix(while: { $0 != "--" }).contains("--json") else { return }
  write(
    ["schema": 1, "error": ["message": .string(message), "exit_status": .int(Int(exitStatus))]],
    compact: true)
}

private func writeRaw(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      // The reader went away (`postgate log | head`): nothing is left to do.
      exit(errno == EPIPE ? 0 : 1)
    }
    bytes = bytes.dropFirst(count)
  }
}
