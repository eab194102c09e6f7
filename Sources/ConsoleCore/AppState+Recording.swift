import PostfixConfig

// The harmless recording of HELO names, which rehearsals need.
extension AppState {
  mutating func askForRecording() {
    guard draft != nil else {
      return say(configurationProblem ?? "The configuration has not been read yet.", .warning)
    }
    show(.question(.recordHelo(!HeloRecording.isOn(policy))))
  }

  /// Puts the recording, or its end, into the draft and shows the draft.
  mutating func record(_ on: Bool) -> [Effect] {
    popup = nil
    guard let draft else { return [] }
    do {
      for edit in try HeloRecording.edits(on: on, in: draft.candidate) where !add(edit) {
        return []
      }
    } catch {
      say(error.message, .error)
      return []
    }
    return startReview()
  }

  func recordingText(_ on: Bool, width: Int) -> PopupText {
    var text = PopupText(
      title: "HELO names",
      footer: on ? "y record them   n leave it" : "y record no longer   n leave it")
    guard on else {
      text.addWrapped(
        "HELO names of accepted mail are recorded in the log. Take \(HeloRecording.text) out again?",
        width: width)
      return text
    }
    text.addWrapped(
      "Postfix logs no HELO name of mail that it accepts. Without it nobody can say whom a restriction "
        + "on HELO names would have refused.", width: width)
    text.add()
    text.addWrapped(
      "\(HeloRecording.text) in \(Stage.data.parameter) has Postfix write one line with the HELO name for "
        + "each mail whose recipients were accepted. It decides nothing: it refuses nobody and permits "
        + "nobody (access(5), INFO).", width: width)
    text.add()
    text.addWrapped(
      "It goes into the draft, to be applied like any other change; H takes it out again. From then on "
        + "rehearsals know the HELO names of new mail.", width: width)
    return text
  }
}
