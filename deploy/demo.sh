#!/usr/bin/env bash
# The demonstration: a whole site in target/demo, which lives as long as this program.
#
#   deploy/demo.sh check   fails when a demo runs already
#   deploy/demo.sh run     starts it, tells where it is, and stops it on Ctrl-C or SIGTERM
#   deploy/demo.sh stop    stops it from another shell
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DEMO=$ROOT/target/demo
STACK=$ROOT/deploy/stack/stack
USUAL_PORT=8080

# shellcheck source=deploy/console.sh
source "$ROOT/deploy/console.sh"

check_demo() {
  if [[ -f $DEMO/demo.json ]] && demo_answers; then
    fail "the demo is already running at $(demo_field url); stop it with: make demo-stop"
  fi
}

demo_answers() {
  curl --silent --output /dev/null --max-time 5 "$(demo_field url)/wp-json/"
}

demo_field() {
  jq --raw-output ".$1" "$DEMO/demo.json"
}

run_demo() {
  trap 'exit 0' INT
  trap 'exit 143' TERM HUP
  trap 'end_demo' EXIT
  say "Starting WordPress, PHP-FPM, nginx and the daemon"
  local port
  port=$(wanted_port)
  "$STACK" up --dir "$DEMO" --provider env ${port:+--port "$port"}
  jq '{url, chat_url, admin_user, admin_password, application_password}' "$DEMO/stack.json" >"$DEMO/demo.json.new"
  chmod 600 "$DEMO/demo.json.new"
  mv "$DEMO/demo.json.new" "$DEMO/demo.json"
  print_welcome
  wait_until_stopped
}

# The port that was asked for, or at first the usual one while it is free; later runs keep theirs.
wanted_port() {
  if [[ -n ${PORT:-} ]]; then
    printf '%s' "$PORT"
  elif [[ ! -f $DEMO/settings ]] && ! (exec 3<>"/dev/tcp/127.0.0.1/$USUAL_PORT") 2>/dev/null; then
    printf '%s' "$USUAL_PORT"
  fi
}

print_welcome() {
  cat <<TEXT

  Platen is running.

    Chat       $(demo_field chat_url)
    Admin      $(demo_field url)/wp-admin/
    Login      $(demo_field admin_user)  /  $(demo_field admin_password)
    Answers    $(provider_name)
    Log        ${DEMO#"$PWD"/}/logs/platend.log

  Ctrl-C stops it; so does \`make demo-stop\` from another shell.

TEXT
}

provider_name() {
  if [[ -n ${OPENAI_API_KEY:-}${OPENAI_BASE_URL:-} ]]; then
    echo "OpenAI"
  elif [[ -n ${ANTHROPIC_API_KEY:-} ]]; then
    echo "Anthropic"
  elif [[ -n ${OLLAMA_HOST:-} ]]; then
    echo "Ollama at $OLLAMA_HOST"
  else
    echo "the offline demo provider (set OPENAI_API_KEY, ANTHROPIC_API_KEY or OLLAMA_HOST for a model)"
  fi
}

# `make demo-stop` takes demo.json away; sleeping in the background lets a signal through at once.
wait_until_stopped() {
  while [[ -f $DEMO/demo.json ]]; do
    sleep 1 &
    wait "$!"
    keep_daemon
  done
}

# Starts a daemon that was killed, as systemd does on a real site.
keep_daemon() {
  if [[ -f $DEMO/demo.json && $("$STACK" daemon status --dir "$DEMO") == stopped ]]; then
    say "The daemon has ended; starting it again"
    "$STACK" daemon start --dir "$DEMO" || true
  fi
}

end_demo() {
  # A second Ctrl-C must not leave half of it running.
  trap '' INT TERM HUP
  say "Stopping the demo"
  stop_demo
}

stop_demo() {
  rm -f "$DEMO/demo.json"
  if [[ -d $DEMO ]]; then
    "$STACK" down --dir "$DEMO"
  fi
}

case ${1:-} in
  check) check_demo ;;
  run)
    check_demo
    run_demo
    ;;
  stop) stop_demo ;;
  *) fail "name an action: check, run or stop" ;;
esac
