import ArgumentParser

/// Which Postfix, and which log.
struct InstanceOptions: ParsableArguments {
  @Option(
    name: [.customShort("c"), .customLong("config-directory")],
    help: "The Postfix configuration directory.")
  var configDirectory: String?

  @Option(
    help:
      "The mail log to read instead of the one that Postfix writes: a file, - for standard input, journal, or journal:PATH for a journal directory or file."
  )
  var log: String?
}

/// What every command that prints data takes.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON (schema 1, see postgate(8)).")
  var json = false
}

/// Which restriction of which list.
struct RestrictionArguments: ParsableArguments {
  @Argument(help: "The restriction, as reject_unknown_helo_hostname.")
  var restriction: String

  @Argument(help: "Its argument, as the domain of a DNS list.")
  var argument: String?

  @Option(
    help:
      "The list: client, helo, sender, relay, recipient, data, end_of_data, etrn, or a parameter name."
  )
  var list: String?

  @Option(help: "The service, as smtp/inet or submission/inet.")
  var service: String?
}

/// The span that counts cover.
struct WindowOptions: ParsableArguments {
  @Option(help: "Start: 2h, 3d, 9:00, yesterday, Nov 22, 2026-11-22, or an RFC 3339 stamp.")
  var since: String?

  @Option(help: "End, written alike; now by default.")
  var until: String?
}
