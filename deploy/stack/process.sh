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
  # A command that cannot be run is gone by now; whoever waits for it will say so.
  read_stat "$!" || STAT=()
  printf '%s %s\n' "$!" "${STAT[START_TIME]:-gone}" >"$DIR/pids/$name"
}

# Fields of /proc/PID/stat, counted from the one after the command's name.
STATUS=0
GROUP=2
START_TIME=19

# Sets STAT to the fields of a process; fails when it is gone.
read_stat() {
  local line
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The command's name may hold spaces and parentheses; what follows its last one is plain.
  read -ra STAT <<<"${line##*) }"
}

# Sets PID and STARTED to what was recorded of NAME.
read_record() {
  [[ -f $DIR/pids/$1 ]] && read -r PID STARTED <"$DIR/pids/$1"
}

# Whether the recorded leader of NAME itself runs. A zombie does not.
process_is_alive() {
  read_record "$1" && read_stat "$PID" && [[ ${STAT[START_TIME]} == "$STARTED" && ${STAT[STATUS]} != Z ]]
}

# Whether anything of NAME runs: the leader, or workers that outlived it. The kernel gives no number
# to a new process while a group of that number exists.
process_group_is_alive() {
  local other
  read_record "$1" || return 1
  if read_stat "$PID" && [[ ${STAT[START_TIME]} != "$STARTED" ]]; then
    return 1
  fi
  for other in /proc/[0-9]*; do
    read_stat "${other#/proc/}" && [[ ${STAT[GROUP]} == "$PID" && ${STAT[STATUS]} != Z ]] && return
  done
  return 1
}

# Asks NAME to end, waits GRACE seconds, then kills what is left of its group.
stop_process() {
  local name=$1 grace=$2
  if process_is_alive "$name"; then
    kill -TERM "$PID" 2>/dev/null || true
    # A paused process cannot act on the signal before it goes on.
    kill -CONT -- "-$PID" 2>/dev/null || true
    poll "$grace" process_group_is_gone "$name" || say "$name did not end within $grace s; killing it"
  fi
  kill_process "$name"
  rm -f "$DIR/pids/$name"
}

kill_process() {
  local name=$1
  process_group_is_alive "$name" || return 0
  kill -KILL -- "-$PID" 2>/dev/null || true
  poll 10 process_group_is_gone "$name" || fail "$name cannot be killed (process $PID)"
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
