# shellcheck shell=bash
# From a folder with the files of a package to a .deb.

# Copies a file into a package and fills in what stands between @ signs: put_file MODE SOURCE TARGET [NAME=VALUE …]
put_file() {
  local mode=$1 source=$2 target=$3 pair text
  shift 3
  text=$(<"$source")
  for pair in "$@"; do
    text=${text//"@${pair%%=*}@"/"${pair#*=}"}
  done
  mkdir -p "$(dirname "$target")"
  printf '%s\n' "$text" >"$target"
  chmod "$mode" "$target"
}

# What must stand in /usr/share/doc of every package: licence, notices, changes.
put_documents() {
  local folder=$1 package=$2 crate=$3 doc
  doc=$folder/usr/share/doc/$package
  mkdir -p "$doc"
  write_copyright >"$doc/copyright"
  gzip --no-name --best <"$STAGE/notices-$crate" >"$doc/THIRD-PARTY-NOTICES.gz"
  write_changes "$package" | gzip --no-name --best >"$doc/changelog.gz"
}

write_copyright() {
  local mit
  # The text of the MIT licence as LICENSE has it, in the form that Debian's copyright files ask for.
  mit=$(sed -n '/^Permission is hereby granted/,/^SOFTWARE\.$/p' "$ROOT/LICENSE" | sed 's/^$/./; s/^/ /')
  cat <<TEXT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Platen
Comment: The software of others that is built in, and its licences, stand in
 THIRD-PARTY-NOTICES.gz beside this file.

Files: *
Copyright: 2026 The Platen authors
License: Expat or Apache-2.0

License: Expat
$mit

License: Apache-2.0
 On Debian systems the text of this licence is in
 /usr/share/common-licenses/Apache-2.0.
TEXT
}

write_changes() {
  cat <<TEXT
$1 ($VERSION) unstable; urgency=medium

  * Version $VERSION.

 -- $MAINTAINER  $(date --rfc-email --date="@$SOURCE_DATE_EPOCH")
TEXT
}

# The Debian packages whose libraries the binary is linked with.
library_dependencies() {
  local folder=$STAGE/shlibdeps
  mkdir -p "$folder/debian"
  printf 'Source: platen\n\nPackage: platen\nArchitecture: any\n' >"$folder/debian/control"
  # It always warns that the binary is not in a package's folder yet.
  (cd "$folder" && dpkg-shlibdeps -O "$1" 2>log) | sed 's/^shlibs:Depends=//' || {
    cat "$folder/log" >&2
    fail "dpkg-shlibdeps does not know what $1 is linked with"
  }
}

# Builds the package from its folder; DEBIAN/control is there, with @SIZE@ for the size.
build_deb() {
  local folder=$1 package=$2 size file
  (cd "$folder" && find etc -type f -printf '/%p\n' 2>/dev/null | sort) >"$folder/DEBIAN/conffiles"
  [[ -s $folder/DEBIAN/conffiles ]] || rm "$folder/DEBIAN/conffiles"
  (cd "$folder" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | grep -v '^etc/' | sort | xargs --delimiter='\n' md5sum) \
    >"$folder/DEBIAN/md5sums"
  size=$(du --apparent-size --summarize --block-size=1024 --exclude=DEBIAN "$folder" | cut --fields=1)
  sed --in-place "s/@SIZE@/$size/" "$folder/DEBIAN/control"
  file=$OUT/${package}_${VERSION}_$MACHINE.deb
  find "$folder" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$folder" "$file" >/dev/null
  say "  ${file#"$ROOT/"}"
}
