#!/usr/bin/env bash
# Installs what Platen needs on Debian 12. Only what is missing is installed, so a second run takes
# a fraction of a second.
#
#   deploy/setup.sh build   the extension, the daemon and the plugin's JavaScript can be built
#   deploy/setup.sh demo    also: WordPress, PHP-FPM and nginx
#   deploy/setup.sh test    also: PHPUnit, cargo-nextest, Chromium, PostgreSQL, the browser tests' packages, the texts
#                           that token counts are compared on
#   deploy/setup.sh bench   also: what `make bench` compares with: MariaDB, Redis, APCu, tiktoken, graphile-worker
#   deploy/setup.sh older-wordpress also, after test: the oldest WordPress that the plugin supports
#   deploy/setup.sh package what building needs, and Debian's tools for packages
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=$ROOT/target/tools
CACHE=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/platen

for part in console setup/packages setup/rust setup/node setup/wordpress setup/older-wordpress setup/corpus setup/peers; do
  # shellcheck source=/dev/null
  source "$ROOT/deploy/$part.sh"
done

install_group() {
  case $1 in
    build)
      require_cargo
      install_packages "${BUILD_PACKAGES[@]}"
      install_node
      install_node_modules wordpress-plugin
      ;;
    demo)
      install_packages "${BUILD_PACKAGES[@]}" "${DEMO_PACKAGES[@]}"
      install_group build
      install_wordpress
      ;;
    test)
      install_packages "${BUILD_PACKAGES[@]}" "${DEMO_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
      install_group demo
      install_nextest
      install_node_modules tests/e2e
      install_corpus
      ;;
    bench)
      install_group test
      install_packages "${BENCH_PACKAGES[@]}"
      install_peers
      install_node_modules tests/load/peers
      ;;
    older-wordpress)
      install_group test
      install_packages "${OLDER_WORDPRESS_PACKAGES[@]}"
      install_older_wordpress
      ;;
    package)
      install_packages "${BUILD_PACKAGES[@]}" "${PACKAGE_PACKAGES[@]}"
      install_group build
      ;;
    *) fail "unknown group '$1'; use build, demo, test, bench, older-wordpress or package" ;;
  esac
}

install_group "${1:-test}"
