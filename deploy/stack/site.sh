# shellcheck shell=bash
# WordPress with the plugin. The installed, plugin-independent part is made once and copied.

# Prints the folder of a freshly installed WordPress, which is made when its recipe changed.
wordpress_template() {
  local recipe template
  recipe=$(echo "$WORDPRESS_CORE" | cat - "$ROOT/deploy/setup/wordpress.sh" "${BASH_SOURCE[0]}" "$TEMPLATES/wp-config.php.in" | sha256sum)
  template=$ROOT/target/stack-template/${recipe:0:16}
  if [[ ! -d $template ]]; then
    (
      exec 8>"$ROOT/target/stack-template.lock"
      flock --wait 120 8 || fail "another command has been installing WordPress for two minutes"
      [[ -d $template ]] || make_template "$template"
    )
  fi
  printf '%s' "$template"
}

make_template() {
  local fresh=$1.new
  local wp=("php$PHP_VERSION" -d memory_limit=512M -d error_reporting=22527
    "$WORDPRESS_DIST/wp-cli/wp-cli.phar" --allow-root "--path=$fresh" --quiet)
  say "Installing WordPress (once)"
  rm -rf "$ROOT/target/stack-template"
  mkdir -p "$fresh"
  copy_wordpress "$fresh"
  render wp-config.php PLATEN_CONSTANTS= SALT=template >"$fresh/wp-config.php"
  "${wp[@]}" core install --url=http://template.invalid --title=Platen --admin_user=admin \
    --admin_password="$(random_text)" --admin_email=admin@example.com --skip-email ||
    fail "WordPress could not be installed"
  # The sample post and page.
  "${wp[@]}" post delete 1 2 --force || fail "WordPress could not be installed"
  mv "$fresh" "$1"
}

copy_wordpress() {
  [[ -d $WORDPRESS_DIST ]] || fail "WordPress is missing; run 'deploy/setup.sh demo' first"
  local content=$1/wp-content
  cp --recursive "$WORDPRESS_CORE/." "$1"
  rm -rf "$content"/plugins/{akismet,hello.php} "$content"/themes/twentytwenty{three,four}
  cp --recursive "$WORDPRESS_DIST/sqlite-database-integration" "$content/plugins/"
  sed 's#{SQLITE_PLUGIN}#sqlite-database-integration/load.php#' \
    "$WORDPRESS_DIST/sqlite-database-integration/db.copy" >"$content/db.php"
}

# Copies the template, or keeps the site that an earlier run left; the plugin is always today's.
prepare_site() {
  local constants=$1 template
  if [[ ! -f $DIR/credentials.json ]]; then
    template=$(wordpress_template)
    rm -rf "$SITE"
    cp --recursive "$template" "$SITE"
    write_credentials
  fi
  render wp-config.php SALT="$(jq --raw-output .salt "$DIR/credentials.json")" PLATEN_CONSTANTS="$constants" >"$SITE/wp-config.php"
  "$ROOT/deploy/plugin.sh" "$SITE/wp-content/plugins/platen"
}

# The passwords of this stack, made once: on a shared machine a known one would open the site.
write_credentials() {
  jq --null-input --arg salt "$(random_text)" --arg admin "$(random_text)" --arg subscriber "$(random_text)" \
    '{$salt, admin_password: $admin, subscriber_password: $subscriber}' >"$DIR/credentials.json.new"
  mv "$DIR/credentials.json.new" "$DIR/credentials.json"
}

random_text() {
  head --bytes=18 /dev/urandom | base64 --wrap=0 | tr '+/' 'pl'
}

# Activates the plugin, makes users and pages, and writes what stack.json tells of them.
provision_site() {
  SITE_URL=$SITE_URL CREDENTIALS=$DIR/credentials.json run_wp eval-file "$ROOT/deploy/stack/provision.php" >"$DIR/site.json" ||
    fail "the site could not be prepared; see $DIR/logs/php.log"
}
