# shellcheck shell=bash
# The processes of a stack. Each runs in a session of its own, so that it outlives the command that
# started it, and so that one signal to its process group reaches its workers too, even when the
# leader was killed. $DIR/pids/NAME holds "PID START_TIME"; the start time tells the process from a
# stranger that was given the same number later.

start_process() {
  local name=$1
  shift
  mkdir -p "$DIR/pids" "$DIR/logs"
  setsid "$@" </dev/null >>"$DIR/logs/$name.log" 2>&1 9>&- &
  local pid=$!
  # The first moment of the child is still this script's own image; its start time is final already.
  printf '%s %s\n' "$pid" "$(process_field "$pid" "$FIELD_START_TIME")" >"$DIR/pids/$name"
}

# Fields of /proc/PID/stat, counted from the one after the command's name.
FIELD_STATE=0
FIELD_GROUP=2
FIELD_START_TIME=19

# Prints one field, or nothing when the process is gone.
process_field() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  # The command's name may hold spaces and parentheses; what follows its last one is plain.
  read -ra fields <<<"${stat##*) }"
  printf '%s' "${fields[$2]}"
}

# Prints the recorded process id of NAME, or nothing.
recorded_pid() {
  local pid=
  [[ -f $DIR/pids/$1 ]] && read -r pid _ <"$DIR/pids/$1"
  printf '%s' "$pid"
}

# Whether the recorded leader of NAME itself runs. A zombie does not.
process_is_alive() {
  local pid started
  [[ -f $DIR/pids/$1 ]] && read -r pid started <"$DIR/pids/$1" || return 1
  [[ $(process_field "$pid" "$FIELD_START_TIME") == "$started" && $(process_field "$pid" "$FIELD_STATE") != Z ]]
}

# Whether anything of NAME runs: the leader, or workers that outlived it. The kernel gives no number
# to a new process while a group of that number exists.
process_group_is_alive() {
  local pid started now stat
  [[ -f $DIR/pids/$1 ]] && read -r pid started <"$DIR/pids/$1" || return 1
  now=$(process_field "$pid" "$FIELD_START_TIME")
  [[ -n $now && $now != "$started" ]] && return 1
  for stat in /proc/[0-9]*/stat; do
    is_live_member "${stat//[!0-9]/}" "$pid" && return 0
  done
  return 1
}

is_live_member() {
  [[ $(process_field "$1" "$FIELD_GROUP") == "$2" && $(process_field "$1" "$FIELD_STATE") != Z ]]
}

# Asks NAME to end, waits GRACE seconds, then kills what is left of its group.
stop_process() {
  local name=$1 grace=$2 pid
  pid=$(recorded_pid "$name")
  if process_group_is_alive "$name"; then
    if process_is_alive "$name"; then
      kill -TERM "$pid" 2>/dev/null || true
      # A paused process cannot act on the signal before it goes on.
      kill -CONT -- "-$pid" 2>/dev/null || true
      poll "$grace" process_group_is_gone "$name" || say "$name did not end within $grace s; killing it"
    fi
    kill_process "$name"
  fi
  rm -f "$DIR/pids/$name"
}

kill_process() {
  local name=$1
  process_group_is_alive "$name" || return 0
  kill -KILL -- "-$(recorded_pid "$name")" 2>/dev/null || true
  poll 10 process_group_is_gone "$name" || fail "$name cannot be killed (process $(recorded_pid "$name"))"
}

process_group_is_gone() {
  ! process_group_is_alive "$1"
}

# Repeats a command until it succeeds; fails when SECONDS_AT_MOST have passed.
poll() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.05
  done
}

# Waits until a command succeeds, and says with the log's end why it did not.
await_process() {
  local name=$1 seconds=$2 until=$((SECONDS + $2))
  shift 2
  until "$@"; do
    process_is_alive "$name" || fail_with_log "$name" "$name ended while it was starting"
    ((SECONDS < until)) || fail_with_log "$name" "$name did not answer within $seconds s"
    sleep 0.05
  done
}

fail_with_log() {
  say "The last lines of $DIR/logs/$1.log:"
  tail -n 20 "$DIR/logs/$1.log" >&2 || true
  fail "$2"
}

answers_http() {
  curl --silent --fail --output /dev/null --max-time 5 "$1"
}
