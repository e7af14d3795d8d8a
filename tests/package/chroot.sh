# shellcheck shell=bash
# Debian systems in folders: made once from the mirror that this machine uses itself, kept as an archive, and
# unpacked fresh for each use.

# Where the systems are kept between runs.
SYSTEMS=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/platen/systems

# Unpacks a system into a folder: unpack_system FOLDER CODENAME PACKAGES, packages with commas between them.
unpack_system() {
  local folder=$1 codename=$2 packages=$3 archive
  archive=$SYSTEMS/$codename-$(sha256sum <<<"$packages" | cut --characters=1-12).tar
  [[ -f $archive ]] || make_system "$archive" "$codename" "$packages"
  rm -rf "$folder"
  mkdir -p "$folder"
  tar --extract --numeric-owner --xattrs --file "$archive" --directory "$folder"
}

make_system() {
  local archive=$1 codename=$2 packages=$3 folder=$1.folder log=$1.log
  say "Making a Debian system: $codename with $packages (a minute, once)"
  mkdir -p "$SYSTEMS"
  rm -rf "$folder"
  timeout 1800 debootstrap --variant=minbase --include="$packages" "$codename" "$folder" "$(mirror)" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    rm -rf "$folder"
    fail "debootstrap could not make the system"
  }
  # Services of its packages must not start on this machine.
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
  chmod 755 "$folder/usr/sbin/policy-rc.d"
  rm -f "$folder"/var/cache/apt/archives/*.deb
  tar --create --numeric-owner --xattrs --file "$archive.new" --directory "$folder" .
  rm -rf "$folder"
  mv "$archive.new" "$archive"
}

# The Debian archive that apt uses here, without its security and update parts.
mirror() {
  local codename
  codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
  # shellcheck disable=SC2016 # apt fills it in
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Identifier: Packages' |
    awk -v codename="$codename" '$2 == codename { print $1; exit }' | grep . ||
    fail "apt knows no mirror of Debian's main archive"
}

# Folders of this machine that a system sees under the same path.
SHARED=()

# Runs a command in a system that sees no process and no network of this machine's: enter FOLDER COMMAND …
# All that is mounted for it is gone when it ends.
enter() {
  local system=$1
  shift
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount --pid --net --ipc --fork --kill-child bash -euo pipefail -c '
    system=$1
    shared=$2
    shift 2
    for ((; shared > 0; shared--)); do
      mkdir -p "$system$1"
      mount --bind "$1" "$system$1"
      shift
    done
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount -t tmpfs tmpfs "$system/run"
    exec chroot "$system" /usr/bin/env --ignore-environment HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
  ' _ "$system" "${#SHARED[@]}" "${SHARED[@]}" "$@"
}
