# shellcheck shell=bash
# What each command of `stack` does, step by step.

# In the order in which they end: the daemon may still have something to deliver to the site.
PROCESSES=(platend nginx php-fpm fake-provider)

stack_up() {
  local constants
  lock_stack
  ! site_is_served || fail "a stack is already running in $DIR at $(stack_field url)"
  # What an unclean end left over is not trusted.
  stop_all
  trap 'stop_all; remove_socket_directory' EXIT
  choose_settings
  write_php_settings
  write_platend_command
  write_daemon_config
  constants=$(site_constants)
  prepare_site "$constants"
  provision_site
  if [[ $PROVIDER == fake ]]; then
    start_fake_provider
  fi
  start_php_fpm
  start_nginx
  start_daemon
  write_stack_json
  trap - EXIT
}

stack_down() {
  lock_stack
  stop_all
  remove_socket_directory
}

stack_wordpress() {
  local constants
  lock_stack
  ! site_is_served || fail "a stack is already running in $DIR; choose another folder"
  choose_settings
  write_php_settings
  constants=$(unregistered_constants)
  prepare_site "$constants"
  provision_site
  write_stack_json
}

stack_daemon() {
  lock_stack
  read_settings || fail "there is no stack in $DIR; begin with: stack up --dir $DIR"
  case $1 in
    start) start_daemon ;;
    stop) stop_process platend 10 ;;
    kill) kill_process platend ;;
    pause) signal_daemon STOP ;;
    resume) signal_daemon CONT ;;
    status) daemon_status ;;
    *) fail "unknown action '$1'; use start, stop, kill, pause, resume or status" ;;
  esac
}

stack_wp() {
  [[ -x $DIR/bin/wp ]] || fail "there is no WordPress in $DIR"
  run_wp "$@"
}

stack_info() {
  [[ -f $STACK_JSON ]] || fail "no stack is running in $DIR"
  cat "$STACK_JSON"
}

site_is_served() {
  [[ -f $STACK_JSON ]] && process_is_alive nginx && process_is_alive php-fpm
}

stop_all() {
  local name
  for name in "${PROCESSES[@]}"; do
    stop_process "$name" 10
  done
  rm -f "$STACK_JSON"
}
