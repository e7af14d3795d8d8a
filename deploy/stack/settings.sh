# shellcheck shell=bash
# What a stack keeps from one run to the next: its ports, so that its address stays, and its provider.

read_settings() {
  [[ -f $DIR/settings ]] && read -r WEB_PORT DAEMON_PORT FAKE_PORT PROVIDER <"$DIR/settings" || return 1
  SITE_URL=http://127.0.0.1:$WEB_PORT
}

# Takes what was asked for on the command line, else what the last run had, else something free.
choose_settings() {
  local wanted_port=$WEB_PORT wanted_provider=$PROVIDER
  read_settings || WEB_PORT='' DAEMON_PORT='' FAKE_PORT='' PROVIDER=offline
  PROVIDER=${wanted_provider:-$PROVIDER}
  [[ $PROVIDER == @(env|offline|fake) ]] || fail "unknown provider '$PROVIDER'; use env, offline or fake"
  if [[ -n $wanted_port ]]; then
    [[ $wanted_port =~ ^[1-9][0-9]{0,4}$ ]] || fail "'$wanted_port' is not a port"
    port_is_free "$wanted_port" || fail "port $wanted_port is taken; choose another or leave --port out"
  fi
  WEB_PORT=${wanted_port:-$(free_port "$WEB_PORT")}
  DAEMON_PORT=$(free_port "$DAEMON_PORT")
  FAKE_PORT=$(free_port "$FAKE_PORT")
  SITE_URL=http://127.0.0.1:$WEB_PORT
  printf '%s %s %s %s\n' "$WEB_PORT" "$DAEMON_PORT" "$FAKE_PORT" "$PROVIDER" >"$DIR/settings"
}

# Prints the preferred port when it is free, else one below the range that the kernel hands out itself.
free_port() {
  local port=$1
  until [[ -n $port ]] && port_is_free "$port"; do
    port=$((20000 + RANDOM % 12000))
  done
  printf '%s' "$port"
}

port_is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Writes stack.json, which tells everything that a test or a person needs; its presence says "up".
write_stack_json() {
  jq --null-input \
    --slurpfile credentials "$DIR/credentials.json" --slurpfile site "$DIR/site.json" \
    --arg url "$SITE_URL" --arg provider "$PROVIDER" --arg dir "$DIR" --arg run "$RUN" --arg wp_path "$SITE" \
    --arg daemon_url "http://127.0.0.1:$DAEMON_PORT" --arg fake_url "http://127.0.0.1:$FAKE_PORT" \
    --arg planted_key "$PLANTED_PROVIDER_KEY" \
    --arg site_id "$(constant PLATEN_SITE_ID)" --arg site_secret "$(constant PLATEN_SITE_SECRET)" \
    --arg webhook_secret "$(constant PLATEN_WEBHOOK_SECRET)" '
    $site[0] + {
      $url, $provider, $dir, $wp_path, $site_id, $site_secret, $webhook_secret, $daemon_url,
      admin_password: $credentials[0].admin_password,
      subscriber_password: $credentials[0].subscriber_password,
      php: "\($dir)/bin/php", wp_cli: "\($dir)/bin/wp", platend: "\($dir)/bin/platend",
      socket: "\($run)/platend.sock",
      database: "\($wp_path)/wp-content/database/wp.sqlite",
      daemon_log: "\($dir)/logs/platend.log", nginx_log: "\($dir)/logs/nginx.access.log",
      php_log: "\($dir)/logs/php.log",
      fake_provider_url: (if $provider == "fake" then $fake_url else null end),
      planted_provider_key: (if $provider == "fake" then $planted_key else null end)
    }' >"$STACK_JSON.new"
  mv "$STACK_JSON.new" "$STACK_JSON"
}
