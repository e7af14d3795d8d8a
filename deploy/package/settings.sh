# shellcheck shell=bash
# What every part of the packaging has to know.

VERSION=$(sed -n '/^\[workspace\.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")
MACHINE=$(dpkg --print-architecture)
OUT=$ROOT/target/package
# Cargo's folder, and the trees that are packed, stay beside: what is in OUT is to be given away.
BUILT=$ROOT/target/package-build
STAGE=$ROOT/target/package-stage

# Debian's variables, so that who distributes the packages can put their own name on them.
MAINTAINER="${DEBFULLNAME:-The Platen authors} <${DEBEMAIL:-platen@example.com}>"

# The date of all files: two builds of one commit must not differ.
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
  SOURCE_DATE_EPOCH=$(git -C "$ROOT" log -1 --format=%ct 2>/dev/null || stat --format=%Y "$ROOT/Cargo.lock")
fi
export SOURCE_DATE_EPOCH
export TZ=UTC LC_ALL=C.UTF-8

# The php-config of each PHP that the extension is packed for.
read -ra PHP_CONFIGS <<<"${PHP_CONFIGS:-php-config}"

# 8.2, from a php-config.
php_version() {
  "$1" --version | cut --delimiter=. --fields=1-2
}

# 20220829, with the marks of a thread-safe or a debug build behind it.
php_api() {
  basename "$("$1" --extension-dir)"
}
