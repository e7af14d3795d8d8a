#!/usr/bin/env bash
# Runs the phpt files against the built extension: tests/phpt/run.sh [file or folder …]
# PLATEN_LIBRARY names another library than target/release/libplaten.so, PHP another interpreter.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
library=${PLATEN_LIBRARY:-$root/target/release/libplaten.so}
php=$(command -v "${PHP:-php}")
# Each run has a copy of the tests, beside which PHP's runner writes, and a temporary folder: so two at once do not meet.
mkdir -p "$root/target/phpt"
work=$(mktemp --directory "$root/target/phpt/XXXXXX")
# Not below the source tree: the path of a socket must be short.
temporary=$(mktemp --directory)
# A test becomes another user.
chmod 0711 "$temporary"
export TMPDIR=$temporary
trap 'rm -rf "$temporary"' EXIT

fail() {
    echo "phpt: $1" >&2
    exit 2
}

[ -f "$library" ] || fail "$library is not built; run make build"
runner=$({ find /usr/lib/php /usr/local/lib/php -name run-tests.php 2>/dev/null || true; } | sort | tail -n 1)
[ -n "$runner" ] || fail "PHP's run-tests.php is not installed; it is in php-dev"

# Puts the tests into the run's own folder, with all that they refer to around them.
copy_tests() {
    local path
    mkdir "$work/tests"
    for path in "$root"/* "$root"/tests/*; do
        [ "$path" = "$root/tests" ] || ln -s "$path" "$work/${path#"$root"/}"
    done
    rm "$work/tests/phpt"
    cp -r "$here" "$work/tests/phpt"
}

# Runs the given tests with the given library; adds to passed and failed.
passed=0
failed=0
run() {
    local with=$1
    shift
    local status=0 path copies=()
    for path in "$@"; do
        path=$(realpath "$path")
        copies+=("$work/tests/phpt${path#"$here"}")
    done
    NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_PHP_EXECUTABLE=$php \
        timeout 1200 "$php" -n "$runner" -q -n --no-color --show-diff --set-timeout 180 \
        -d "extension=$with" "${copies[@]}" >"$work/log" 2>&1 || status=$?
    local good bad
    good=$(count 'Tests passed')
    bad=$(($(count 'Tests failed') + $(count 'Tests borked') + $(count 'Tests leaked')))
    if [ "$good" -eq 0 ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        tail -n 40 "$work/log" >&2
        fail "the runner ended with status $status and $good passed tests"
    fi
    if [ "$bad" -ne 0 ]; then
        tr '\r' '\n' <"$work/log" | grep -Ev '^(PASS|TEST) |^ *$' >&2
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

count() {
    sed -n "s/^$1 *: *\([0-9]*\).*/\1/p" "$work/log" | head -n 1 | grep . || echo 0
}

copy_tests
if [ $# -gt 0 ]; then
    run "$library" "$@"
else
    folders=()
    for folder in "$here"/*/; do
        case $(basename "$folder") in
        support | planted) ;;
        *) folders+=("$folder") ;;
        esac
    done
    run "$library" "${folders[@]}"

    # A build of its own that can be made to panic; it is never installed.
    cargo build --quiet --locked --manifest-path "$root/Cargo.toml" -p platen-extension --features planted-panic
    run "$root/target/debug/libplaten.so" "$here/planted"
fi

echo "phpt: $passed passed, $failed failed"
[ "$failed" -eq 0 ] || exit 1
rm -rf "$work"
