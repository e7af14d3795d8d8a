# shellcheck shell=bash
# nginx, with the same snippet for the daemon that an existing site includes.

start_nginx() {
  local user=
  if ((EUID == 0)); then
    user='user root;'
  fi
  sed "s#127.0.0.1:8787#127.0.0.1:$DAEMON_PORT#" "$ROOT/deploy/nginx/platen.conf" >"$DIR/platen.conf"
  render nginx.conf DIR="$DIR" RUN="$RUN" SITE="$SITE" PORT="$WEB_PORT" NGINX_USER="$user" >"$DIR/nginx.conf"
  start_process nginx "${WITHOUT_KEYS[@]}" nginx -e "$DIR/logs/nginx.log" -c "$DIR/nginx.conf"
  await_process nginx 30 answers_http "$SITE_URL/wp-json/"
}
