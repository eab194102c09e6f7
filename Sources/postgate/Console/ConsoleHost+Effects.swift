import ChangeControl
import ConsoleCore
import Glibc
import HostSystem
import MailLog
import PostfixConfig

extension ConsoleHost {
  /// Puts an effect on the worker's list.
  func carryOut(_ effect: Effect) {
    switch effect {
    case .setWindow(let seconds): monitor?.setWindow(seconds: seconds)
    case .review(let edits, let revision): worker.add { [self] in review(edits, revision) }
    case .apply(let edits, let revision, let message, let seconds, let trialSeconds):
      worker.add { [self] in
        var options = ChangeOptions()
        options.message = message
        options.confirmSeconds = seconds
        options.trialSeconds = trialSeconds
        // The Review screen has asked.
        options.yes = true
        apply(edits, revision, options)
      }
    case .undoLastChange: worker.add { [self] in undo() }
    case .keepChange(let number): worker.add { [self] in keep(number) }
    case .takeBackChange(let number): worker.add { [self] in takeBack(number) }
    case .rereadConfiguration: worker.add { [self] in load() }
    case .undoChange(let number): worker.add { [self] in takeBack(number) }
    case .readLog(let request): logReader?.read(request)
    case .cancelReadLog: logReader?.cancel()
    case .readClient(let address):
      guard let logReader else {
        var history = ClientHistory(address: address)
        history.problem = "Only a log that is a file can be looked through for a client."
        return mailbox.post(.client(history))
      }
      logReader.readClient(address)
    case .cancelReadClient: logReader?.cancelClient()
    case .readHistory: worker.add { [self] in readHistory() }
    case .listFiles(let prefix): worker.add { [self] in listFiles(prefix) }
    case .rehearse(let edits, let revision, let seconds, let subject):
      rehearsals.start(edits, base: snapshot(at: revision), seconds: seconds, subject: subject)
    case .cancelRehearsal: rehearsals.cancel()
    case .readVerdict(let number): verdictThread.add { [self] in readVerdict(number) }
    case .saveDraft(let edits): worker.add { [self] in save(edits) }
    case .quit, .suspend, .redraw, .setMouse: break
    }
  }

  private func review(_ edits: [Edit], _ revision: String) {
    var result = ReviewResult(edits: edits, diff: "", findings: [], preflight: .passed(notes: []))
    // Two private instances side by side: what Postfix accepts, and whom it would then refuse.
    let recent = RecentLook(context: context, thread: recentThread, edits: edits)
    do {
      let outcome = try context.review(edits, base: snapshot(at: revision))
      result.diff = outcome.diff
      result.findings = outcome.report.findings
      let problems = outcome.report.problems.map { problem in
        Problem(
          file: problem.service, reason: problem.message,
          remedy: "change the draft; nothing was written")
      }
      result.preflight =
        problems.isEmpty ? .passed(notes: outcome.report.notJudged) : .blocked(problems)
      result.foreignOwner = outcome.report.foreignOwner
      result.otherNames = outcome.report.otherNames
      if let found = recent.result() {
        if found.victims.isEmpty {
          result.comforts = found.lines
        } else {
          result.consequences = found.lines
        }
      }
    } catch {
      result.preflight = .blocked([Problem(reason: "\(error)", remedy: "press R to read again")])
    }
    showCommands()
    mailbox.post(.reviewed(result))
  }

  private func apply(_ edits: [Edit], _ revision: String, _ options: ChangeOptions) {
    mailbox.post(.applyProgress("checking, writing, reloading"))
    do {
      let outcome = try context.transaction().apply(
        .edits(edits), base: snapshot(at: revision), options: options)
      mailbox.post(.applied(number: outcome.number ?? 0, message: words(for: outcome)))
    } catch {
      mailbox.post(.applyFailed(problems(of: error)))
    }
    finish()
  }

  private func undo() {
    do {
      guard let number = try context.transaction().history().records().lastToUndo else {
        return mailbox.post(
          .undoFinished(success: false, message: "There is no change to take back."))
      }
      takeBack(number)
    } catch {
      mailbox.post(.undoFinished(success: false, message: "\(error)"))
    }
  }

  private func takeBack(_ number: Int) {
    do {
      let outcome = try context.transaction().apply(.undo(number))
      let words = outcome.result == .unchanged ? "was taken back already" : "is taken back"
      mailbox.post(.undoFinished(success: true, message: "Change \(number) \(words)."))
    } catch ChangeError.needsYes(let report, _) {
      let reason = report.objections.joined(separator: "; ")
      let way = "if that is meant: postgate undo \(number) --yes"
      mailbox.post(.undoFinished(success: false, message: "Not taken back: \(reason); \(way)"))
    } catch {
      mailbox.post(.undoFinished(success: false, message: "\(error)"))
    }
    finish()
  }

  private func readHistory() {
    do {
      let records = try context.transaction().history().records()
      mailbox.post(.history(records.reversed().map { HistoryEntry($0) }))
    } catch {
      mailbox.post(.historyFailed("\(error)"))
    }
  }

  /// The files in a directory whose path begins so; what cannot be read has no names.
  private func listFiles(_ prefix: String) {
    let names = (try? directoryEntries(prefix)) ?? []
    let hidden = [".db", ".lmdb", ".cdb", ".pag", ".dir", "~"]
    let shown = names.filter { name in !hidden.contains { name.hasSuffix($0) } }
    let paths = shown.prefix(500).map { name -> String in
      let isDirectory = (try? directoryEntries(prefix + name)) != nil
      return prefix + name + (isDirectory ? "/" : "")
    }
    mailbox.post(.files(prefix: prefix, names: Array(paths)))
  }

  /// What a trial showed; of one that runs, so far.
  private func readVerdict(_ number: Int) {
    do {
      guard let verdict = try context.transaction().trialVerdict(of: number) else { return }
      mailbox.post(.verdict(number: number, lines: verdict.lines))
    } catch {
      mailbox.post(.verdict(number: number, lines: ["\(error)"]))
    }
  }

  /// Keeps the draft on the disk; a disk that refuses it must not stop the work.
  private func save(_ edits: [Edit]) {
    do {
      try context.transaction().drafts().save(edits)
    } catch {
      mailbox.post(.notice(Notice("The draft is not kept: \(error)", kind: .warning)))
    }
  }

  /// Hands the screen what an earlier console of this user left.
  func restoreDraft() {
    guard geteuid() == 0 else { return }
    do {
      guard let draft = try context.transaction().drafts().load() else { return }
      mailbox.post(.savedDraft(draft.edits, saved: LogTime(seconds: draft.saved)))
    } catch {
      mailbox.post(.notice(Notice("\(error)", kind: .warning)))
    }
  }

  /// Shows which trials end by themselves, and when.
  func showTrials() {
    guard geteuid() == 0, let records = try? context.transaction().runningTrials() else { return }
    let now = LogTime.now.seconds
    mailbox.post(
      .trials(
        records.compactMap { record in
          record.trial.map { trial in
            RunningTrial(
              number: record.number, target: trial.target,
              until: LogTime(seconds: now + Int64(trial.secondsLeft)))
          }
        }))
  }

  private func keep(_ number: Int) {
    do {
      try context.transaction().confirm(number)
      mailbox.post(.notice(Notice("Change \(number) is kept.")))
    } catch {
      mailbox.post(.notice(Notice("\(error)", kind: .error)))
    }
    showWindow()
  }

  private func finish() {
    showCommands()
    load()
    showWindow()
    showTrials()
  }

  /// Shows the confirm window that is open, or that none is.
  func showWindow() {
    guard geteuid() == 0, let waiting = try? context.transaction().waiting(),
      let window = waiting.window
    else { return mailbox.post(.confirmWindow(nil)) }
    let left = Int64(window.secondsLeft * 1_000_000)
    mailbox.post(
      .confirmWindow(
        ConfirmWindow(
          number: waiting.number, deadline: LogTime(microseconds: LogTime.now.microseconds + left)))
    )
  }

  private func words(for outcome: Outcome) -> String {
    let number = outcome.number ?? 0
    switch outcome.result {
    case .unchanged: return "It was so already; nothing was written."
    case .waiting: return "Change \(number) is live: c keeps it, b takes it back."
    default: return "Change \(number) is live; U takes it back."
    }
  }

  private func problems(of error: any Error) -> [Problem] {
    switch error as? ChangeError {
    case .refused(let report, _), .needsYes(let report, _):
      let findings = report.findings.filter(\.addedByDraft).map { finding in
        Problem(
          file: finding.location.file.rawValue, line: finding.location.line,
          reason: finding.message)
      }
      return findings + report.problems.map { Problem(file: $0.service, reason: $0.message) }
    default: return [Problem(reason: "\(error)")]
    }
  }
}
