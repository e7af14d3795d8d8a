# shellcheck shell=bash
# The oldest WordPress that the plugin supports, for `make wordpress-versions`. It is what a published npm package
# carries: WordPress's own PHP without its comments in a zip, and scripts and styles beside it.

OLDER_WORDPRESS_PACKAGE=@wp-playground/wordpress-builds
OLDER_WORDPRESS_PACKAGE_VERSION=0.9.19
OLDER_WORDPRESS_SHA512=765aaf87f3090e91395baf2f80f3ca523a62a7acccb81879f4bdc3d7c657fa9770bab0b8ab8c9dad3c30ff7b13315ebd0417281fa905f7762d02dba3342e4ca7
OLDER_WORDPRESS_VERSION=6.5
OLDER_WORDPRESS=$ROOT/target/wordpress-$OLDER_WORDPRESS_VERSION

install_older_wordpress() {
  local archive=$CACHE/wp-playground-wordpress-builds-$OLDER_WORDPRESS_PACKAGE_VERSION.tgz
  if [[ -f $OLDER_WORDPRESS/$OLDER_WORDPRESS_SHA512 ]]; then
    return
  fi
  fetch_pinned WordPress "$OLDER_WORDPRESS_PACKAGE@$OLDER_WORDPRESS_PACKAGE_VERSION" 158 "$archive" "$OLDER_WORDPRESS_SHA512"
  unpack_older_wordpress "$archive"
}

unpack_older_wordpress() {
  local scratch=$OLDER_WORDPRESS.new version=wp-$OLDER_WORDPRESS_VERSION
  rm -rf "$scratch" "$OLDER_WORDPRESS"
  mkdir -p "$scratch/zip"
  # `--touch`: npm dates every file 1985, which confuses the PHP opcode cache.
  tar --extract --gzip --touch --file "$1" --directory "$scratch" --strip-components=2 "package/public/$version"
  tar --extract --gzip --file "$1" --directory "$scratch/zip" --strip-components=3 "package/src/wordpress/$version.zip"
  unzip -q -o "$scratch/zip/$version.zip" -d "$scratch/$version"
  # Of a WordPress in a browser: settings and a database.
  rm -rf "$scratch/$version"/{wp-config.php,wp-content/database,wp-content/mu-plugins}
  touch "$scratch/$version/$OLDER_WORDPRESS_SHA512"
  mv "$scratch/$version" "$OLDER_WORDPRESS"
  rm -rf "$scratch"
}
