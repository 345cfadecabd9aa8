# Patchbay: `make run` serves plugins.conf, `make test` runs every test, `make bench` measures, `make conformance`
# runs Autobahn's suite.
# Each installs what it needs from the system's packages (Debian 12 or Ubuntu) and is quiet when it is there.

SWIFT ?= swift
CONF ?= plugins.conf
CHECKS := --explicit-target-dependency-import-check error

BUILD_PACKAGES := libssl-dev libsqlite3-dev zlib1g-dev
TEST_PACKAGES := $(BUILD_PACKAGES) gcc libc6-dev binutils openssl python3 python3-venv nodejs node-ws \
	chromium-headless-shell node-sockjs-client
CONFORMANCE_PACKAGES := $(BUILD_PACKAGES) openssl python3 python3-venv
BENCH_PACKAGES := $(BUILD_PACKAGES) gcc libc6-dev openssl python3 python3-venv libwebsockets-dev nodejs node-ws

.PHONY: run build test lint bench fuzz conformance clean packages-build packages-test packages-bench \
	packages-conformance toolchain

run: build
	exec .build/release/patchbay run -c $(CONF)

build: toolchain packages-build
	$(SWIFT) build -c release $(CHECKS)

test: toolchain packages-test
	./Tests/run

lint: toolchain
	$(SWIFT) format lint --strict --recursive Host Plugins Tests

bench: build packages-bench
	Benchmarks/bench

# Each fuzzer for a minute: make fuzz, or make fuzz SECONDS=600
SECONDS ?= 60
fuzz: toolchain packages-build
	./Tests/fuzz $(SECONDS)

# Autobahn's 517 cases, plain and over TLS, in up to half an hour; some: make conformance CASES=1.*,7.* EXCLUDE=7.13.*
CASES ?= *
conformance: build packages-conformance
	Tests/conformance --cases '$(CASES)' --exclude '$(EXCLUDE)'

clean:
	rm -rf .build .build-bench

toolchain:
	@command -v $(SWIFT) >/dev/null || { echo "patchbay needs a Swift 6.3 toolchain: https://www.swift.org/install" >&2; exit 1; }

packages-build:
	@Packaging/install-packages $(BUILD_PACKAGES)

packages-test:
	@Packaging/install-packages $(TEST_PACKAGES)

packages-bench:
	@Packaging/install-packages $(BENCH_PACKAGES)

packages-conformance:
	@Packaging/install-packages $(CONFORMANCE_PACKAGES)
