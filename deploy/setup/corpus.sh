# shellcheck shell=bash
# The texts that token counts are compared on: English, code and more than 70 languages, over 20 MB. They are taken from
# the WordPress archive and from an npm package of translations, whose exact content is pinned, and are not part of the
# project. `tests/corpus/build.php` assembles them in target/corpus.

TRANSLATIONS_PACKAGE=scratch-l10n
TRANSLATIONS_PACKAGE_VERSION=6.1.116
TRANSLATIONS_SHA512=548d9a0bc3fed6fe2169624c0f7a696d733e26850b62cffdcdafa22420ce2d957b2396fabdf2b09d67535c18f3b05a8dfbdaefd6248adac9c48b88b10ef47559
CORPUS=$ROOT/target/corpus

install_corpus() {
  local archive=$CACHE/$TRANSLATIONS_PACKAGE-$TRANSLATIONS_PACKAGE_VERSION.tgz stamp
  stamp=$(sha512sum "$ROOT/tests/corpus/build.php" | cut -d ' ' -f 1)-$TRANSLATIONS_SHA512
  if [[ -f $CORPUS/stamp && $(<"$CORPUS/stamp") == "$stamp" ]]; then
    return
  fi
  fetch_pinned translations "$TRANSLATIONS_PACKAGE@$TRANSLATIONS_PACKAGE_VERSION" 16 "$archive" "$TRANSLATIONS_SHA512"
  fetch_wordpress
  say "Assembling the texts that token counts are compared on"
  rm -rf "$CORPUS" "$CORPUS.new"
  mkdir -p "$CORPUS.new"/{wordpress,translations}
  tar --extract --gzip --file "$(wordpress_archive)" --directory "$CORPUS.new/wordpress" --strip-components=5 \
    package/dist/cli/wp-files/latest
  tar --extract --gzip --file "$archive" --directory "$CORPUS.new/translations" --strip-components=1 \
    package/www package/editor
  php -n -d extension=mbstring "$ROOT/tests/corpus/build.php" \
    "$CORPUS.new/wordpress" "$CORPUS.new/translations" "$CORPUS.new" || fail "the corpus could not be assembled"
  rm -rf "$CORPUS.new"/{wordpress,translations}
  printf '%s' "$stamp" >"$CORPUS.new/stamp"
  mv "$CORPUS.new" "$CORPUS"
}
