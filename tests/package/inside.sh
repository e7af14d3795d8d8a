#!/usr/bin/env bash
# Runs as root in a Debian of its own, with the packages in /packages: installs them, uses them, removes them, purges
# them, and compares what is left with what was there. tests/run-package starts it.
set -euo pipefail

# shellcheck source=deploy/console.sh
source /packages/console.sh

# Fails with a sentence unless the command succeeds.
expect() {
  local sentence=$1
  shift
  "$@" || fail "expected that $sentence"
  say "ok: $sentence"
}

refuses() {
  ! "$@" 2>/dev/null
}

# Waits for a command to succeed, ten seconds at most.
soon() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    if "$@" 2>/dev/null; then
      return
    fi
    sleep 0.1
  done
  return 1
}

# Everything that a package could leave: files with their owners and modes, users, groups, dpkg's own notes.
# The folders in which phpenmod keeps its own notes are PHP's; notes on a module would be files.
system_now() {
  find / -xdev \( -path /packages -o -path /proc -o -path /dev -o -path /tmp -o -path /var/log -o -path /var/cache \
    -o -path /var/lib/apt -o -path /var/lib/dpkg/triggers -o -path '/var/lib/dpkg/*-old' -o -path '/etc/*-' \
    -o -path /etc/.pwd.lock \) -prune -o -path '/var/lib/php/modules/*' -type d -o -printf '%p %y %m %u:%g %l\n' | sort
  getent passwd
  getent group
}

apt() {
  apt-get --quiet --quiet --yes --no-install-recommends --option Dpkg::Use-Pty=0 --option Dpkg::Options::=--force-confold "$@" \
    >/packages/apt.log 2>&1 || {
    cat /packages/apt.log >&2
    fail "apt-get $1 failed"
  }
}

owner_and_mode_of() {
  [[ $(stat --format='%U:%G %a' "$1") == "$2" ]]
}

as_www_data() {
  setpriv --reuid www-data --regid www-data --init-groups "$@"
}

# The daemon as its unit starts it, but for the sandbox, which needs a systemd that runs.
start_daemon() {
  local command
  command=$(sed -n 's/^ExecStart=//p' "$UNIT")
  install --directory --owner=platen --group=platen --mode=0700 /var/lib/platen
  # shellcheck disable=SC2086
  setpriv --reuid platen --regid platen --init-groups --no-new-privs --bounding-set=-all \
    /usr/bin/env --ignore-environment sh -c 'umask 0077; exec "$@"' _ $command 2>/packages/platend.log &
  DAEMON=$!
  soon test -S /run/platen/platend.sock || {
    cat /packages/platend.log >&2
    fail "the daemon did not start"
  }
}

stop_daemon() {
  kill -TERM "$DAEMON"
  wait "$DAEMON"
}

UNIT=/usr/lib/systemd/system/platend.service
PHP=$1

ip link set lo up
system_now >/packages/before

say "--- install"
apt install /packages/*.deb
expect "the command line has the extension" php --ri platen >/dev/null
expect "PHP-FPM has it too" grep --quiet '^platen$' <("php-fpm$PHP" -m)
expect "PHP says nothing at its start" [ -z "$(php -d display_startup_errors=1 -r '' 2>&1)" ]
expect "a token count is exact" [ "$(php -r 'echo Platen\count_tokens("Hello, world!", "gpt-4o");')" = 4 ]
expect "the template names every setting with its default" php /packages/settings.php "/etc/php/$PHP/mods-available/platen.ini"
expect "the configuration is the daemon's only" owner_and_mode_of /etc/platen/platend.toml 'root:platen 640'
expect "the keys are root's only" owner_and_mode_of /etc/platen/provider.env 'root:root 600'
expect "the socket's folder is there" owner_and_mode_of /run/platen 'platen:www-data 2755'
expect "the unit is enabled" test -L /etc/systemd/system/multi-user.target.wants/platend.service
expect "systemd takes the unit" systemd-analyze verify --man=no "$UNIT"
systemd-analyze security --offline=true "$UNIT" | tail -n 1 >&2
expect "its sandbox is tight" systemd-analyze security --offline=true --threshold=20 "$UNIT" >/dev/null
for command in $(platend --help | sed -n '/^Commands:/,/^Options:/s/^  \([a-z-]*\) .*/\1/p' | grep -v '^help$'); do
  expect "the manual explains 'platend $command'" grep --quiet --fixed-strings "${command/-/\\-}" <(zcat /usr/share/man/man8/platend.8.gz)
done

say "--- use"
start_daemon
expect "the socket is the web server's" owner_and_mode_of /run/platen/platend.sock 'platen:www-data 660'
expect "the database is the daemon's only" owner_and_mode_of /var/lib/platen/platen.db 'platen:platen 600'
expect "a site can be added" setpriv --reuid platen --regid platen --init-groups \
  platend site add demo --url http://127.0.0.1:9 --format json >/dev/null
expect "the doctor finds nothing broken" platend doctor
expect "the web server's PHP hands a job over and gets its answer" as_www_data php /packages/job.php
expect "it shares the rate limits with the daemon" as_www_data php /packages/limit.php
expect "nobody else may" refuses setpriv --reuid nobody --regid nogroup --init-groups php -r 'Platen\ping();'
expect "SIGTERM ends the daemon well" stop_daemon
expect "the socket is gone with it" test ! -e /run/platen/platend.sock

say "--- install again, over changed settings"
printf '\n# mine\n' >>/etc/platen/platend.toml
phpdismod -v "$PHP" -s fpm platen
apt install --reinstall /packages/*.deb
expect "changed settings stay" grep --quiet '^# mine$' /etc/platen/platend.toml
expect "their owner and mode stay" owner_and_mode_of /etc/platen/platend.toml 'root:platen 640'
expect "what was disabled stays disabled" refuses grep --quiet '^platen$' <("php-fpm$PHP" -m)
expect "what was enabled stays enabled" php --ri platen >/dev/null

say "--- remove"
apt remove "php$PHP-platen" platend
expect "PHP starts without it, and says nothing" [ -z "$(php -d display_startup_errors=1 -r '' 2>&1)" ]
expect "the extension is gone" refuses php --ri platen
expect "the daemon is gone" refuses test -e /usr/sbin/platend
expect "the settings stay" test -f /etc/platen/platend.toml
expect "the jobs stay" test -f /var/lib/platen/platen.db

say "--- purge"
apt purge "php$PHP-platen" platend
system_now >/packages/after
expect "nothing is left" diff /packages/before /packages/after
