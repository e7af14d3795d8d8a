# The one entry point, for people and for CI. `make` lists the verbs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# One verb runs at a time: suites share ports, the target folder and two cores.
.NOTPARALLEL:

# Tools that deploy/setup.sh had to bring along come first. Cargo never sees another PATH: ext-php-rs,
# and all that hangs on it, is built again when PATH changes.
WITH_NODE = PATH="$(CURDIR)/target/tools/node/bin:$$PATH"
NEXTEST = $(or $(wildcard target/tools/bin/cargo-nextest),cargo-nextest) nextest

EXTENSION := $(CURDIR)/target/release/libplaten.so
WITH_EXTENSION := php -d extension="$(EXTENSION)"
# `target` is where the scripts look for what was built, whatever the person's own Cargo settings say.
export CARGO_TARGET_DIR := $(CURDIR)/target

# What is ours and not Rust.
SOURCES := find deploy php stubs tests wordpress-plugin .ci -name node_modules -prune -o
SUITES := test-rust test-proofs lint test-phpt stubs-check test-php test-fpm test-js test-wp test-stack e2e

.PHONY: help
help: ## List the verbs
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

.PHONY: setup
setup: ## Install what building, the demo and the tests need (Debian 12)
	@deploy/setup.sh test

.PHONY: build
build: ## Build target/release/libplaten.so, platend and the test provider
	@deploy/setup.sh build
	@cargo build --release --locked -p platen-extension -p platen-sidecar -p fake-provider

.PHONY: plugin
plugin: ## Assemble the WordPress plugin in target/plugin/platen
	@deploy/setup.sh build
	@deploy/plugin.sh

.PHONY: demo
demo: ## Start WordPress with the chat; Ctrl-C stops it (PORT=8080 to choose)
	@deploy/demo.sh check
	@deploy/setup.sh demo
	@$(MAKE) --no-print-directory build
	@exec deploy/demo.sh run

.PHONY: demo-stop
demo-stop: ## Stop the demo from another shell
	@deploy/demo.sh stop

.PHONY: test
test: ## Run every suite, and end with a table of results
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory build
	@tests/run-suites $(SUITES)

.PHONY: test-rust
test-rust: ## Rust: unit, property and integration tests
	@$(NEXTEST) run --locked --workspace
# The same cases in every run; `make fuzz` is for new ones, and PROPTEST_RNG_SEED= for a seed of one's own.
test-rust: export PROPTEST_RNG_SEED ?= 1

.PHONY: test-proofs
test-proofs: proofs ## The queue while everything around it breaks, and who gets a turn: small
	@tests/run-crash --jobs 500 --kills 5
	@tests/run-crash --store postgres --jobs 300 --kills 4
	@target/release/fairness --jobs 1000

.PHONY: crash-test
crash-test: ## 20 000 jobs, platend killed 30 times, its disk full once (STORE=postgres JOBS= KILLS= SEED=)
	@deploy/setup.sh build
	@$(MAKE) --no-print-directory build proofs
	@tests/run-crash --store $(or $(STORE),sqlite) --jobs $(or $(JOBS),20000) --kills $(or $(KILLS),30) $(if $(SEED),--seed $(SEED))

.PHONY: fairness
fairness: ## Who gets a turn when one site has 10 000 jobs: a table
	@deploy/setup.sh build
	@$(MAKE) --no-print-directory build proofs
	@target/release/fairness

# With what `build` builds: alone it would have other features, and all below it would be compiled again.
.PHONY: proofs
proofs:
	@cargo build --release --locked -p platen-extension -p platen-sidecar -p fake-provider -p proofs

.PHONY: test-phpt
test-phpt: ## The built extension, one fact per file
	@tests/phpt/run.sh

.PHONY: test-php
test-php: ## The PHP library, once as polyfill and once with the extension
	@php "$$(command -v phpunit)" -c php/phpunit.xml.dist
	@$(WITH_EXTENSION) "$$(command -v phpunit)" -c php/phpunit.xml.dist

.PHONY: test-fpm
test-fpm: ## PHP-FPM under load: workers replaced, reloaded, killed, preloaded
	@tests/run-fpm

.PHONY: test-js
test-js: ## The chat block's own logic
	@$(WITH_NODE) npm --prefix wordpress-plugin run --silent test

.PHONY: test-wp
test-wp: ## The plugin inside a real WordPress
	@tests/run-wordpress

.PHONY: test-stack
test-stack: ## A whole site comes up, survives kill -9, and leaves nothing behind
	@tests/run-stack

.PHONY: e2e
e2e: ## The whole path in a browser
	@cd tests/e2e && $(WITH_NODE) npx --no-install playwright test

.PHONY: stubs-check
stubs-check: ## The stubs describe what the extension has, and every example in them holds
	@php stubs/check.php "$(EXTENSION)"
	@php stubs/docs.php --check
	@php stubs/examples.php "$(EXTENSION)"

.PHONY: docs
docs: ## Write docs/functions.md from the stubs
	@php stubs/docs.php

.PHONY: deps-check
deps-check: ## The extension pulls in no async runtime and no network stack
	@tree="$$(cargo tree --locked -p platen-extension -e normal --prefix none)"; ! grep -E '^(tokio|axum|hyper|reqwest|redis) ' <<<"$$tree"

.PHONY: fmt
fmt: ## Format the Rust code
	@cargo fmt --all

.PHONY: lint
lint: deps-check ## Check formatting, clippy, dependencies, PHP, shell and TypeScript
	@cargo fmt --all --check
	@cargo clippy --locked --workspace --all-targets -- -D warnings
	@$(SOURCES) -name '*.php' -print0 | xargs -0 -n 1 -P 2 php -l >/dev/null
	@$(SOURCES) -type f -print0 | xargs -0 grep -lZE '^#!.*sh$$|^# shellcheck shell' | xargs -0 shellcheck -x -e SC2034,SC2153,SC2154
	@$(WITH_NODE) npm --prefix wordpress-plugin run --silent typecheck
	@$(WITH_NODE) npm --prefix tests/e2e run --silent typecheck

.PHONY: package
package: ## Make what is given away, in target/package: .deb, tarball, plugin zip
	@deploy/setup.sh package
	@deploy/package.sh build
	@deploy/package.sh pack

.PHONY: package-test
package-test: package ## Check the packages; as root, also install and purge them in a Debian of their own
	@tests/run-package

.PHONY: php-versions
php-versions: ## Compile and test the extension with every PHP that can be had
	@deploy/setup.sh package
	@tests/run-php-versions

.PHONY: wordpress-versions
wordpress-versions: ## Test the plugin on the oldest WordPress that it supports
	@deploy/setup.sh older-wordpress
	@$(MAKE) --no-print-directory build
	@tests/run-wordpress-versions

.PHONY: fuzz
fuzz: ## Try random input for SECONDS (30) per target
	@tests/fuzz/run $(or $(SECONDS),30)

.PHONY: leaks
leaks: ## A million calls, all functions under valgrind, texts of 16 MiB
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory build
	@tests/leaks/run

.PHONY: asan
asan: ## Look for memory errors with the address sanitizer (a build of its own)
	@deploy/setup.sh test
	@tests/leaks/asan

.PHONY: bench
bench: bench-ext bench-jobs ## Measure everything, and write docs/benchmarks.md
	@$(WITH_NODE) node tests/load/rest.mjs

.PHONY: bench-ext
bench-ext: ## Measure the native functions beside what one would pick instead
	@deploy/setup.sh bench
	@$(MAKE) --no-print-directory build
	@cargo build --release --locked --quiet --manifest-path tests/load/peers/Cargo.toml --target-dir target/peers
	@$(WITH_NODE) node tests/load/extension.mjs

.PHONY: bench-jobs
bench-jobs: ## Measure the queue beside what one would pick instead
	@deploy/setup.sh bench
	@$(MAKE) --no-print-directory build
	@cargo build --release --locked --quiet -p load-client
	@$(WITH_NODE) node tests/load/jobs.mjs

.PHONY: clean
clean: demo-stop ## Stop the demo and delete everything that was built
	@rm -rf target wordpress-plugin/build wordpress-plugin/node_modules tests/e2e/node_modules tests/load/peers/node_modules
