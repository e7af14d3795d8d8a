# shellcheck shell=bash
# A thread-safe PHP with its debug checks (ZTS, debug), which Debian does not package: built once from Debian's source.

# Where it is kept between runs.
THREAD_SAFE=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/platen/php-thread-safe

# Builds it unless it is there, and prints the path of its php-config. Ends with an error when there is no source.
thread_safe_php() {
  local config=$THREAD_SAFE/php/bin/php-config
  if [[ ! -x $config ]]; then
    say "Building a thread-safe PHP from Debian's source (five minutes, once)"
    rm -rf "$THREAD_SAFE"
    mkdir -p "$THREAD_SAFE"
    (fetch_php_source && build_php) >"$THREAD_SAFE/log" 2>&1 || {
      tail -n 20 "$THREAD_SAFE/log" >&2
      return 1
    }
  fi
  printf '%s\n' "$config"
}

# Leaves php.tar.xz: of the versions that the mirror lists, the newest that it still has.
fetch_php_source() {
  local apt=$THREAD_SAFE/apt version
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources"
  find /etc/apt -name '*.sources' -o -name '*.list' | while read -r file; do
    sed -E 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' "$file" >"$apt/sources/$(basename "$file")"
  done
  cat >"$apt/apt.conf" <<-EOF
	Dir::State::lists "$apt/lists";
	Dir::Cache "$apt/cache";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt/sources";
	APT::Sandbox::User "";
	EOF
  export APT_CONFIG=$apt/apt.conf
  # A source of something else that does not answer is no reason to stop.
  apt-get update || true
  cd "$THREAD_SAFE" || return 1
  for version in $(apt-cache showsrc php8.2 | sed -n 's/^Version: //p' | sort --version-sort --reverse); do
    if apt-get source --download-only "php8.2=$version"; then
      mv php8.2_*.orig.tar.xz php.tar.xz
      return
    fi
  done
  return 1
}

# With what the tests ask for, and nothing that needs another library.
build_php() {
  mkdir -p "$THREAD_SAFE/source"
  tar --extract --strip-components=1 --file "$THREAD_SAFE/php.tar.xz" --directory "$THREAD_SAFE/source" || return 1
  cd "$THREAD_SAFE/source" || return 1
  ./configure --prefix="$THREAD_SAFE/php" --disable-all --enable-cli --enable-zts --enable-debug \
    --enable-ctype --enable-filter --enable-mbstring --disable-mbregex --enable-pcntl --enable-posix \
    --enable-tokenizer || return 1
  make --jobs="$(nproc)" && make install-cli install-build install-headers install-programs || return 1
  rm -rf "$THREAD_SAFE/source"
}
