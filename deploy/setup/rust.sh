# shellcheck shell=bash
# Rust itself is the one thing that must be there; its test runner is built when it is missing.

# The newest that builds with the workspace's rust-version.
NEXTEST_VERSION=0.9.143

require_cargo() {
  has_command cargo || fail "cargo is missing; install Rust 1.95 or newer from https://rustup.rs"
}

install_nextest() {
  if has_command cargo-nextest || [[ -x $TOOLS/bin/cargo-nextest ]]; then
    return
  fi
  say "Building cargo-nextest $NEXTEST_VERSION (a few minutes, once)"
  cargo install --quiet --locked --root "$TOOLS" "cargo-nextest@$NEXTEST_VERSION" ||
    fail "cargo could not install cargo-nextest $NEXTEST_VERSION from crates.io"
}
