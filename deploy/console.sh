# shellcheck shell=bash
# How every script of this folder talks: progress to standard error, so that standard output stays
# free for results that another program reads.

say() {
  printf '%s\n' "$*" >&2
}

# Ends the program with one sentence that says what is wrong and what would help.
fail() {
  printf 'platen: %s\n' "$*" >&2
  exit 1
}

has_command() {
  command -v "$1" >/dev/null 2>&1
}
