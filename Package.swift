// swift-tools-version: 6.2
//
// Dependencies between targets point down only; a test reads this file and the
// imports and fails when an arrow points up. See "Architecture" in README.md.

import PackageDescription

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "postgate",
  products: [
    .executable(name: "postgate", targets: ["postgate"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
  ],
  targets: [
    // Data, embedded at build time.
    .target(
      name: "CatalogData",
      path: "Resources/Catalog",
      resources: [
        .embedInCode("restrictions.tsv"),
        .embedInCode("parameters.tsv"),
        .embedInCode("presets.tsv"),
        .embedInCode("required.tsv"),
        .embedInCode("dead-dns-lists.tsv"),
        .embedInCode("dns-lists.tsv"),
      ]),

    // Pure: no I/O, neither Foundation nor ncurses.
    .target(name: "TextGrid"),
    .target(name: "PostfixConfig", dependencies: ["CatalogData"]),
    .target(name: "CByteScan"),
    .target(
      name: "MailLog",
      dependencies: ["CByteScan", .product(name: "DequeModule", package: "swift-collections")]),
    .target(name: "Attribution", dependencies: ["PostfixConfig", "MailLog"]),
    .target(name: "ConsoleCore", dependencies: ["Attribution", "TextGrid"]),
    .target(name: "ConsoleViews", dependencies: ["ConsoleCore"]),

    // Touching the machine.
    .target(
      name: "CTerminal",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CHostSystem"),
    .target(name: "HostSystem", dependencies: ["CHostSystem", systemPackage]),
    .target(name: "PostfixHost", dependencies: ["HostSystem", "Attribution"]),
    .target(name: "ChangeControl", dependencies: ["PostfixHost"]),
    .target(name: "Rehearsal", dependencies: ["PostfixHost"]),
    .target(name: "Sandbox", dependencies: ["PostfixHost"]),
    .target(name: "CursesBackend", dependencies: ["CTerminal", "TextGrid", "ConsoleCore"]),

    .executableTarget(
      name: "postgate",
      dependencies: [
        "ChangeControl", "ConsoleViews", "CursesBackend", "Rehearsal", "Sandbox",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Measured by `make bench`; no part of what is installed.
    .executableTarget(
      name: "configuration-benchmark", dependencies: ["PostfixConfig"],
      path: "Tests/Benchmarks/Configuration"),

    .target(
      name: "TestSupport", dependencies: ["Sandbox", "ChangeControl", "MailLog"],
      path: "Tests/TestSupport"),
    .executableTarget(
      name: "console-benchmark", dependencies: ["TestSupport"], path: "Tests/Benchmarks/Console"),
    .executableTarget(
      name: "following-benchmark", dependencies: ["TestSupport"],
      path: "Tests/Benchmarks/Following"),
    .testTarget(name: "TextGridTests", dependencies: ["TextGrid"]),
    .testTarget(
      name: "PostfixConfigTests", dependencies: ["PostfixConfig", "HostSystem", "TestSupport"]),
    .testTarget(name: "MailLogTests", dependencies: ["CByteScan", "MailLog", "TestSupport"]),
    .testTarget(name: "AttributionTests", dependencies: ["Attribution", "TestSupport"]),
    .testTarget(name: "ConsoleCoreTests", dependencies: ["ConsoleCore"]),
    .testTarget(name: "ConsoleViewsTests", dependencies: ["ConsoleViews"]),
    .testTarget(name: "HostSystemTests", dependencies: ["HostSystem", "TestSupport"]),
    .testTarget(name: "PostfixHostTests", dependencies: ["PostfixHost", "TestSupport"]),
    .testTarget(name: "ChangeControlTests", dependencies: ["ChangeControl", "TestSupport"]),
    .testTarget(name: "RehearsalTests", dependencies: ["Rehearsal", "TestSupport"]),
    .testTarget(
      name: "TortureTests", dependencies: ["ChangeControl", "TestSupport", "postgate"]),
    .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "TestSupport"]),
    .testTarget(name: "CursesBackendTests", dependencies: ["CursesBackend"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["TestSupport", "ConsoleCore", "HostSystem", "postgate"]),
  ],
  swiftLanguageModes: [.v6]
)
