# shellcheck shell=bash
# platend and, for tests, the scripted provider that it asks.

SITE_ID=stack
# Only the fake provider gets this key. A test greps logs, pages and databases for it.
PLANTED_PROVIDER_KEY=sk-planted-provider-key-5d1f3a

write_daemon_config() {
  {
    render platend.toml DIR="$DIR" RUN="$RUN" DAEMON_PORT="$DAEMON_PORT"
    render "provider-$PROVIDER.toml" FAKE_PORT="$FAKE_PORT"
  } >"$DIR/daemon/platend.toml"
}

# Writes DIR/bin/platend, which speaks to this stack's daemon and state.
write_platend_command() {
  [[ -x $RELEASE/platend ]] || fail "$RELEASE/platend is missing; run 'make build' first"
  printf '#!/bin/sh\nexport PLATEN_FAKE_KEY=%s\nexec %q --config %q "$@"\n' \
    "$PLANTED_PROVIDER_KEY" "$RELEASE/platend" "$DIR/daemon/platend.toml" >"$DIR/bin/platend"
  chmod +x "$DIR/bin/platend"
}

# Prints the constants for wp-config.php of this site. The daemon is told of it when it is new, or has
# a new address; with that come new secrets.
site_constants() {
  local file=$DIR/daemon/constants.php line="// $SITE_URL"
  if [[ ! -f $file || $(head --lines=1 "$file") != "$line" ]]; then
    printf '%s\n' "$line" >"$file.new"
    "$DIR/bin/platend" site add "$SITE_ID" --url "$SITE_URL" --rotate >>"$file.new" ||
      fail "platend could not add the site"
    mv "$file.new" "$file"
  fi
  cat "$file"
}

# Prints constants that no daemon knows, in the documented form, for a site without servers.
unregistered_constants() {
  local file=$DIR/daemon/constants.php
  if [[ ! -f $file ]]; then
    printf "define( 'PLATEN_%s', '%s' );\n" SITE_ID "$SITE_ID" \
      SITE_SECRET "psk_$(head --bytes=32 /dev/urandom | base64 --wrap=0 | tr '+/' '-_' | tr -d '=')" \
      WEBHOOK_SECRET "whsec_$(head --bytes=32 /dev/urandom | base64 --wrap=0)" >"$file"
  fi
  cat "$file"
}

# Prints the value of a constant of the site.
constant() {
  sed --quiet --regexp-extended "s/.*define\( *'$1', *'([^']*)'.*/\1/p" "$DIR/daemon/constants.php"
}

start_daemon() {
  if process_is_alive platend; then
    return
  fi
  start_process platend "$DIR/bin/platend" serve
  await_process platend 20 answers_http "http://127.0.0.1:$DAEMON_PORT/readyz"
}

signal_daemon() {
  process_is_alive platend || fail "the daemon of $DIR does not run"
  kill "-$1" "$PID"
}

daemon_status() {
  if ! process_is_alive platend; then
    echo stopped
  elif [[ ${STAT[STATUS]} == T ]]; then
    echo paused
  else
    echo running
  fi
}

start_fake_provider() {
  [[ -x $RELEASE/fake-provider ]] || fail "$RELEASE/fake-provider is missing; run 'make build' first"
  start_process fake-provider "$RELEASE/fake-provider" --listen "127.0.0.1:$FAKE_PORT"
  await_process fake-provider 10 answers_http "http://127.0.0.1:$FAKE_PORT/_calls"
}
