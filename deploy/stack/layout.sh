# shellcheck shell=bash
# Where the parts of a stack are, and how its configuration files are written.
#
#   DIR/site        WordPress, its SQLite database in wp-content/database
#   DIR/bin         php and wp, with the settings of this stack
#   DIR/php         the PHP setting that loads the extension
#   DIR/daemon      the daemon's configuration and state
#   DIR/run         sockets
#   DIR/pids logs   one file per process
#   DIR/stack.json  addresses and credentials, written last

TEMPLATES=$ROOT/deploy/stack/templates
RELEASE=$ROOT/target/release
WORDPRESS_DIST=$ROOT/target/wordpress-dist
# Tests of another WordPress name its folder.
WORDPRESS_CORE=${WORDPRESS_CORE:-$WORDPRESS_DIST/latest/wordpress}
PHP_VERSION=8.2

# The kernel takes at most 107 bytes for the path of a Unix socket.
MAX_SOCKET_PATH_BYTES=107
LONGEST_SOCKET_NAME=run/php-fpm.sock

# Sets DIR and what hangs on it.
use_directory() {
  [[ -n $1 ]] || fail "--dir is missing: name the folder of the stack"
  [[ $1 != *[\"\$\\\'\;@:]* && $1 != *$'\n'* ]] || fail "the folder's name may not hold quotes, \$, \\, ;, @, : or line ends"
  mkdir -p "$1"
  DIR=$(cd "$1" && pwd)
  SITE=$DIR/site
  STACK_JSON=$DIR/stack.json
  mkdir -p "$DIR"/{bin,php,daemon,pids,logs,tmp}
  make_socket_directory
}

# A folder for sockets whose path is short enough: below DIR, or reached from there by a link.
make_socket_directory() {
  local wanted=$DIR/run
  if (($(printf '%s' "$DIR/$LONGEST_SOCKET_NAME" | wc --bytes) <= MAX_SOCKET_PATH_BYTES)); then
    mkdir -p "$wanted"
    RUN=$wanted
    return
  fi
  if [[ ! -d $wanted/ ]]; then
    rm -f "$wanted"
    ln -s "$(mktemp --directory /tmp/platen-XXXXXXXX)" "$wanted"
  fi
  RUN=$(readlink "$wanted")
}

remove_socket_directory() {
  [[ $RUN == "$DIR/run" ]] || rm -rf "$RUN"
  rm -rf "$DIR/run"
}

# Holds the stack's lock for the rest of this program. Started processes close it.
lock_stack() {
  exec 9>"$DIR/lock"
  flock --wait 120 9 || fail "another command has been working on $DIR for two minutes"
}

# Prints a template with each @NAME@ replaced: render FILE NAME=VALUE...
render() {
  local text pair
  text=$(<"$TEMPLATES/$1.in")
  shift
  for pair in "$@"; do
    text=${text//"@${pair%%=*}@"/"${pair#*=}"}
  done
  printf '%s\n' "$text"
}

# Prints a field of stack.json.
stack_field() {
  jq --raw-output --arg name "$1" '.[$name] // empty' "$STACK_JSON"
}
