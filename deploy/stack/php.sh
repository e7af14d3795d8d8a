# shellcheck shell=bash
# PHP with the settings of a stack: the `php` and `wp` commands, and PHP-FPM.

# Provider keys are for the daemon alone, also when the demo was started with them in the environment.
WITHOUT_KEYS=(env --unset=OPENAI_API_KEY --unset=ANTHROPIC_API_KEY)

write_php_settings() {
  local load=
  if [[ $EXTENSION != none ]]; then
    [[ -f $EXTENSION ]] || fail "$EXTENSION is missing; run 'make build' first, or pass --extension none"
    load="extension = \"$(realpath "$EXTENSION")\""
  fi
  render php.ini DIR="$DIR" EXTENSION="$load" SOCKET="platen.socket = \"$RUN/platend.sock\"" >"$DIR/php/stack.ini"
  write_command php "exec php$PHP_VERSION"
  # WP-CLI runs PHP code of before PHP 8.2: no deprecation notices between its answers.
  write_command wp "exec php$PHP_VERSION -d memory_limit=512M -d error_reporting=22527" \
    "$(printf '%q ' "$WORDPRESS_DIST/wp-cli/wp-cli.phar" --allow-root "--path=$SITE")"
  "$DIR/bin/php" -r 'exit(0);' || fail "PHP does not start with $DIR/php/stack.ini"
}

# Writes DIR/bin/NAME, which reads the stack's PHP settings after the distribution's own.
write_command() {
  printf '#!/bin/sh\nexport PHP_INI_SCAN_DIR=%s\n%s %s"$@"\n' "$(printf %q ":$DIR/php")" "$2" "${3:-}" >"$DIR/bin/$1"
  chmod +x "$DIR/bin/$1"
}

run_wp() {
  "${WITHOUT_KEYS[@]}" "$DIR/bin/wp" "$@"
}

start_php_fpm() {
  local user='' as_root=()
  if ((EUID == 0)); then
    user=$'user = root\ngroup = root'
    as_root=(--allow-to-run-as-root)
  fi
  render php-fpm.conf DIR="$DIR" RUN="$RUN" FPM_USER="$user" >"$DIR/php-fpm.conf"
  rm -f "$RUN/php-fpm.sock"
  PHP_INI_SCAN_DIR=:$DIR/php start_process php-fpm "${WITHOUT_KEYS[@]}" \
    "php-fpm$PHP_VERSION" --nodaemonize "${as_root[@]}" --fpm-config "$DIR/php-fpm.conf"
  await_process php-fpm 10 test -S "$RUN/php-fpm.sock"
}
