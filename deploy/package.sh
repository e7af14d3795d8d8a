#!/usr/bin/env bash
# Makes what is given away, in target/package: a Debian package of the extension for each PHP, one of the daemon, a
# tarball of both, the plugin's zip, and their sums.
#
#   deploy/package.sh build   compiles the extension and the daemon
#   deploy/package.sh pack    packs what was compiled
#   deploy/package.sh check   asks lintian what Debian would say
#
# PHP_CONFIGS        the php-config of each PHP to make the extension for; default: php-config
# SOURCE_DATE_EPOCH  the date of all files; default: the newest commit's
# DEBFULLNAME, DEBEMAIL  who stands as the maintainer
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

for part in console package/settings package/compile package/deb package/extension package/daemon package/archive; do
  # shellcheck source=/dev/null
  source "$ROOT/deploy/$part.sh"
done

# For each binary, the licences of what is linked into it.
collect_notices() {
  local crate
  for crate in platen-extension platen-sidecar; do
    php "$ROOT/deploy/package/notices.php" "$crate" >"$STAGE/notices-$crate"
  done
}

pack_all() {
  local config
  say "Packing Platen $VERSION for $MACHINE"
  rm -rf "$STAGE" "$OUT"
  mkdir -p "$STAGE" "$OUT"
  umask 022
  collect_notices
  for config in "${PHP_CONFIGS[@]}"; do
    pack_extension "$config"
  done
  pack_daemon
  pack_tarball
  pack_plugin
  write_sums
}

case ${1:-} in
  build) compile_all ;;
  pack) pack_all ;;
  check) lintian --fail-on error --tag-display-limit 0 --suppress-tags initial-upload-closes-no-bugs "$OUT"/*.deb ;;
  *) fail "name an action: build, pack or check" ;;
esac
