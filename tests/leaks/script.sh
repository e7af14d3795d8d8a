# shellcheck shell=bash

# Prints the PHP of a phpt test, which can then be run without run-tests.php and its time limit.
script_of() {
  local folder
  folder=$(cd "$(dirname "$1")" && pwd)
  sed '1,/^--FILE--$/d; /^--EXPECTF\{0,1\}--$/,$d' "$1" | sed "s|__DIR__|'$folder'|g"
}
