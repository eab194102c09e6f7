# postgate: the targets
#
#   make run        build, then open the console: on this machine's Postfix where one is configured,
#                   else on a private Postfix on loopback with real traffic (needs root for that)
#   make test       build and run every test; tests that need root say so when they are skipped
#                   (make test-packages only installs what the tests need)
#   make build      build the release binary
#   make install    install binary, manual page and completions (PREFIX=/usr/local, DESTDIR=)
#   make lint       formatting, house rules, compiler warnings
#   make format     format the sources in place
#   make bench      measure: ratios against public tools on the same data in the same run
#   make clean      remove what was built
#
# As root every target installs the Debian packages it needs; otherwise it says what is missing.

PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= release

NEEDS = sh Resources/debian/install-packages
FORMATTED = Package.swift Resources/Catalog Sources Tests
BINARY = .build/$(CONFIGURATION)/postgate

.PHONY: test-packages run test build install lint format bench clean

build:
	@$(NEEDS) build
	swift build -c $(CONFIGURATION) --product postgate

run:
	@$(NEEDS) run
	swift build -c $(CONFIGURATION) --product postgate
	@$(BINARY) console --sandbox-if-unconfigured

test-packages:
	@$(NEEDS) test

test: test-packages
	swift build --build-tests
	swift test --skip-build

install:
	@$(NEEDS) build
	swift build -c release --product postgate --static-swift-stdlib
	install -d '$(DESTDIR)$(PREFIX)/sbin' '$(DESTDIR)$(PREFIX)/share/man/man8'
	install -m 755 .build/release/postgate '$(DESTDIR)$(PREFIX)/sbin/postgate'
	install -m 644 Resources/man/postgate.8 '$(DESTDIR)$(PREFIX)/share/man/man8/postgate.8'
	install -d '$(DESTDIR)$(PREFIX)/lib/systemd/system'
	sed 's|@PREFIX@|$(PREFIX)|' Resources/systemd/postgate-recover.service \
	  > '$(DESTDIR)$(PREFIX)/lib/systemd/system/postgate-recover.service'
	install -d '$(DESTDIR)$(PREFIX)/share/doc/postgate'
	sed 's|/usr/local/|$(PREFIX)/|' Resources/sudoers/postgate \
	  > '$(DESTDIR)$(PREFIX)/share/doc/postgate/sudoers'
	install -d '$(DESTDIR)$(PREFIX)/share/bash-completion/completions'
	.build/release/postgate --generate-completion-script bash \
	  > '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/postgate'

lint:
	@$(NEEDS) build
	swift format lint --strict --recursive --parallel $(FORMATTED)
	@sh Resources/debian/build-without-warnings

format:
	@$(NEEDS) build
	swift format --in-place --recursive --parallel $(FORMATTED)

bench:
	@$(NEEDS) bench
	swift build -c release --product postgate
	swift build -c release --product console-benchmark
	swift build -c release --product following-benchmark
	@sh Tests/Benchmarks/run .build/release/postgate

clean:
	rm -rf .build
