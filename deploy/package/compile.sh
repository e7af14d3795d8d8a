# shellcheck shell=bash
# Release builds that say nothing about the machine they were made on.

# Folders of this machine stand in panic messages and debug information unless they are renamed.
export_flags() {
  local cargo=${CARGO_HOME:-$HOME/.cargo} separator=$'\x1f' flags
  flags=(
    "--remap-path-prefix=$ROOT=/platen"
    "--remap-path-prefix=$(realpath "$ROOT/target")=/platen/target"
    "--remap-path-prefix=$cargo=/cargo"
  )
  printf -v CARGO_ENCODED_RUSTFLAGS "%s$separator" "${flags[@]}"
  CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%"$separator"}
  CARGO_TARGET_DIR=$BUILT
  export CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR
  # The symbol table serves a debugger only: the exported names stay.
  export CARGO_PROFILE_RELEASE_STRIP=symbols
}

compile_all() {
  local config
  (
    export_flags
    say "Compiling the daemon"
    cargo build --quiet --release --locked -p platen-sidecar --bin platend
    for config in "${PHP_CONFIGS[@]}"; do
      compile_extension "$config"
    done
  )
}

compile_extension() {
  local config=$1 folder
  say "Compiling the extension for PHP $(php_version "$config") ($(php_api "$config"))"
  folder=$BUILT/php/$(php_api "$config")
  PHP=$("$config" --php-binary) PHP_CONFIG=$(command -v "$config") \
    cargo build --quiet --release --locked -p platen-extension
  mkdir -p "$folder"
  cp "$BUILT/release/libplaten.so" "$folder/platen.so"
}

# The extension for a php-config.
built_extension() {
  printf '%s/php/%s/platen.so' "$BUILT" "$(php_api "$1")"
}
