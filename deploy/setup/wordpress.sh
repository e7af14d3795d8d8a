# shellcheck shell=bash
# WordPress 7.1.1, its SQLite driver and WP-CLI. All three come in one npm package, whose exact
# content is pinned: npm may list only the newest version one day, so the archive is kept.

WORDPRESS_PACKAGE=wp-studio
WORDPRESS_PACKAGE_VERSION=1.22.0
WORDPRESS_SHA512=6e832d6a19218160ca2b2353040d6e4cae60867026c5784363a29e4023bd166708dffa3e60e4aaf09c185b96589f11c2c47d7825ffe60fa0894c1bd35a5d98b7
WORDPRESS_DIST=$ROOT/target/wordpress-dist

install_wordpress() {
  if [[ -f $WORDPRESS_DIST/$WORDPRESS_SHA512 ]]; then
    return
  fi
  fetch_wordpress
  unpack_archive "$(wordpress_archive)"
}

fetch_wordpress() {
  fetch_pinned WordPress "$WORDPRESS_PACKAGE@$WORDPRESS_PACKAGE_VERSION" 67 "$(wordpress_archive)" "$WORDPRESS_SHA512"
}

wordpress_archive() {
  printf '%s' "$CACHE/$WORDPRESS_PACKAGE-$WORDPRESS_PACKAGE_VERSION.tgz"
}

unpack_archive() {
  local parts=package/dist/cli/wp-files fresh=$WORDPRESS_DIST.new
  rm -rf "$fresh" "$WORDPRESS_DIST"
  mkdir -p "$fresh"
  # `--touch`: npm dates every file 1985, which confuses the PHP opcode cache.
  tar --extract --gzip --touch --file "$1" --directory "$fresh" --strip-components=4 \
    "$parts/latest/wordpress" "$parts/sqlite-database-integration" "$parts/wp-cli/wp-cli.phar"
  touch "$fresh/$WORDPRESS_SHA512"
  mv "$fresh" "$WORDPRESS_DIST"
}
