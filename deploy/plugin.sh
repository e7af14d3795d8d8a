#!/usr/bin/env bash
# Assembles the plugin as it is installed, in target/plugin/platen: its PHP, the built block, and the
# client library of php/ in lib/platen. With an argument, also copies it to that folder.
set -euo pipefail
shopt -s nullglob

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SOURCE=$ROOT/wordpress-plugin
PLUGIN=$ROOT/target/plugin/platen

# shellcheck source=deploy/console.sh
source "$ROOT/deploy/console.sh"
export PATH=$ROOT/target/tools/node/bin:$PATH

# Builds the block again when any of its sources changed.
build_block() {
  local stamp=$ROOT/target/plugin/block.sum sum
  sum=$(cd "$SOURCE" && find src scripts package-lock.json -type f -print0 | sort --zero-terminated | xargs -0 sha256sum)
  if [[ -d $SOURCE/build && -f $stamp && $(<"$stamp") == "$sum" ]]; then
    return
  fi
  [[ -d $SOURCE/node_modules ]] || fail "the plugin's npm packages are missing; run 'deploy/setup.sh build' first"
  say "Building the chat block"
  (cd "$SOURCE" && npm run --silent build) >&2 || fail "the chat block could not be built"
  printf '%s\n' "$sum" >"$stamp"
}

assemble() {
  local fresh=$PLUGIN.new
  rm -rf "$fresh"
  mkdir -p "$fresh/lib/platen"
  (cd "$SOURCE" && cp --recursive ./*.php ./*.txt LICENSE includes build "$fresh/")
  cp --recursive "$ROOT/php/src" "$fresh/lib/platen/src"
  rm -rf "$PLUGIN"
  mv "$fresh" "$PLUGIN"
}

mkdir -p "$ROOT/target/plugin"
# Stacks start side by side, and each assembles the plugin first.
exec 9>"$ROOT/target/plugin.lock"
flock --wait 120 9 || fail "another command has been building the plugin for two minutes"
build_block
assemble
if (($# > 0)); then
  rm -rf "$1"
  cp --recursive "$PLUGIN" "$1"
fi
