# shellcheck shell=bash
# Debian packages.

# The extension is built against PHP's headers; bindgen reads them with libclang.
BUILD_PACKAGES=(
  ca-certificates gcc libc6-dev php8.2-cli php8.2-dev libclang1-14 libclang-common-14-dev
)
DEMO_PACKAGES=(
  php8.2-fpm php8.2-sqlite3 php8.2-curl php8.2-mbstring php8.2-xml php8.2-intl php8.2-zip php8.2-gd
  nginx-light jq curl
)
# Chromium draws no text without a font. Of PostgreSQL only the programs are used: each run of the tests has a server
# of its own.
TEST_PACKAGES=(phpunit shellcheck valgrind chromium fonts-dejavu-core postgresql openssl)
# What figures are compared with; none of it is started but by the measurement itself.
BENCH_PACKAGES=(
  binutils openssl python3-venv mariadb-server-core mariadb-client-core redis-server redis-tools
  php8.2-mysql php8.2-redis php8.2-apcu
)

# What `make package` and the tests of its packages call.
PACKAGE_PACKAGES=(binutils debootstrap dpkg-dev jq lintian unzip zip)

# The older WordPress comes in a zip.
OLDER_WORDPRESS_PACKAGES=(unzip)

install_packages() {
  local missing=() package
  has_command dpkg-query || fail "this machine has no dpkg; install by hand: $*"
  while read -r package; do
    missing+=("$package")
  done < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    return
  fi
  say "Installing Debian packages: ${missing[*]}"
  apt_install "${missing[@]}"
}

missing_packages() {
  local installed package
  installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -qx "$package installed" <<<"$installed" || printf '%s\n' "$package"
  done
}

apt_install() {
  local as_root=()
  if ((EUID != 0)); then
    has_command sudo || fail "installing packages needs root; run as root or install: $*"
    as_root=(sudo)
  fi
  mkdir -p "$ROOT/target"
  local log=$ROOT/target/setup.log
  "${as_root[@]}" bash -s -- "$@" >"$log" 2>&1 <<'SCRIPT' || apt_failed "$log" "$@"
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# The packages' own nginx and PHP-FPM services must not start: a stack runs its own, on loopback.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -q </dev/null
apt-get install -q -y --no-install-recommends "$@" </dev/null
SCRIPT
}

apt_failed() {
  local log=$1
  shift
  tail -n 20 "$log" >&2
  fail "apt could not install: $*"
}
