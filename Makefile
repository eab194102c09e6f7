# postgate: the targets
#
#   make run        build, then open the console: on this machine's Postfix where one is configured,
#                   else on a private Postfix on loopback with real traffic (needs root for that)
#   make test       build and run every test; tests that need root say so when they are skipped
#                   (make test-packages only installs what the tests need)
#   make fuzz       the fuzz tests at length (FUZZ_LINES=10000000 of logs,
#                   FUZZ_INPUTS=5000000 of main.cf, FUZZ_SEED=0); prints seeds and counts
#   make oracle     hold the reading of 20,000 files against the installed postconf (ORACLE_FILES=20000)
#   make torture    the tests that kill and disturb postgate, at every point instead of each tenth
#   make screens    record the screens of a day's work anew, into the README
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
FUZZ_INPUTS ?= 5000000
FUZZ_LINES ?= 10000000
FUZZ_SEED ?= 0
ORACLE_FILES ?= 20000

NEEDS = sh Resources/debian/install-packages
FORMATTED = Package.swift Resources/Catalog Sources Tests
BINARY = .build/$(CONFIGURATION)/postgate

# What is installed carries its libraries in itself, so that it asks for none on the server but the C
# library's and starts sooner. The linker takes an archive where it finds no shared library beside it.
# The compiler calls what unwinds the stack by the name of its shared library.
ARCHIVES = libstdc++.a libncursesw.a libtinfo.a libgcc_s.a=libgcc_eh.a
INSTALLED = -c release --product postgate --static-swift-stdlib --disable-local-rpath \
  -Xlinker -L'$(CURDIR)/.build/archives'

# Optimised tests beside the other builds, so that neither throws away what the other made.
LONG = --configuration release -Xswiftc -enable-testing --scratch-path .build/long

.PHONY: test-packages run test torture screens fuzz oracle build install archives lint format bench clean

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

fuzz: test-packages
	swift build $(LONG) --build-tests
	POSTGATE_FUZZ_INPUTS=$(FUZZ_INPUTS) POSTGATE_FUZZ_LINES=$(FUZZ_LINES) POSTGATE_FUZZ_SEED=$(FUZZ_SEED) \
	  swift test $(LONG) --skip-build --filter Fuzz

oracle: test-packages
	swift build $(LONG) --build-tests
	POSTGATE_ORACLE_FILES=$(ORACLE_FILES) POSTGATE_FUZZ_SEED=$(FUZZ_SEED) \
	  swift test $(LONG) --skip-build --filter OracleTests

torture: test-packages
	swift build --build-tests
	POSTGATE_TORTURE_STEP=1 swift test --skip-build --filter TortureTests
	POSTGATE_RESIZES=500 swift test --skip-build --filter ResizeTests

screens: test-packages
	swift build --build-tests
	POSTGATE_RECORD_DAY=1 swift test --skip-build --filter DayOfWorkTests

install:
	@$(NEEDS) build
	$(MAKE) -s archives
	swift build $(INSTALLED)
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

archives:
	@install -d .build/archives
	@for archive in $(ARCHIVES); do \
	  path=$$(clang -print-file-name="$${archive#*=}"); \
	  if [ -f "$$path" ]; then ln -sf "$$path" ".build/archives/$${archive%=*}"; \
	  else echo "no $${archive#*=} is installed: postgate will need the shared library instead"; fi; \
	done

lint:
	@$(NEEDS) build
	swift format lint --strict --recursive --parallel $(FORMATTED)
	@sh Resources/debian/build-without-warnings

format:
	@$(NEEDS) build
	swift format --in-place --recursive --parallel $(FORMATTED)

bench:
	@$(NEEDS) bench
	$(MAKE) -s archives
	swift build $(INSTALLED)
	swift build -c release --product console-benchmark
	swift build -c release --product following-benchmark
	swift build -c release --product configuration-benchmark
	@postconf -d 2>/dev/null | .build/release/configuration-benchmark
	@bash Tests/Benchmarks/run .build/release/postgate

clean:
	rm -rf .build
