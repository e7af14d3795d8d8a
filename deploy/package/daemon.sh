# shellcheck shell=bash
# The daemon's package: binary, configuration, systemd unit, user, manual.

# The web server's user on Debian, which may use the socket.
WEB_GROUP=www-data

pack_daemon() {
  local folder=$STAGE/platend source=$ROOT/deploy/package/daemon binary=$BUILT/release/platend script values
  values=(
    "VERSION=$VERSION" "MACHINE=$MACHINE" "MAINTAINER=$MAINTAINER"
    "LIBRARIES=$(library_dependencies "$binary")"
  )
  put_file 644 "$source/control" "$folder/DEBIAN/control" "${values[@]}"
  for script in postinst prerm postrm; do
    put_file 755 "$source/$script" "$folder/DEBIAN/$script"
  done
  install -D --mode=755 "$binary" "$folder/usr/sbin/platend"
  put_daemon_files "$folder" "$source"
  put_documents "$folder" platend platen-sidecar
  put_file 644 "$ROOT/deploy/nginx/platen.conf" "$folder/usr/share/doc/platend/examples/nginx.conf"
  build_deb "$folder" platend
}

put_daemon_files() {
  local folder=$1 source=$2
  put_file 644 "$source/platend.service" "$folder/usr/lib/systemd/system/platend.service"
  put_file 644 "$source/platend.sysusers" "$folder/usr/lib/sysusers.d/platend.conf"
  put_file 644 "$source/platend.tmpfiles" "$folder/usr/lib/tmpfiles.d/platend.conf"
  put_file 644 "$source/lintian-overrides" "$folder/usr/share/lintian/overrides/platend"
  write_settings "$folder/etc/platen/platend.toml"
  put_file 600 "$source/provider.env" "$folder/etc/platen/provider.env"
  put_file 644 "$source/platend.8" "$folder/usr/share/man/man8/platend.8" "VERSION=$VERSION"
  gzip --no-name --best "$folder/usr/share/man/man8/platend.8"
}

# The documented defaults, with the one setting that Debian knows better.
write_settings() {
  local settings=$1
  put_file 640 "$ROOT/src/sidecar/default.toml" "$settings"
  sed --in-place "s/^group = \"\"$/group = \"$WEB_GROUP\"/" "$settings"
  grep --quiet "^group = \"$WEB_GROUP\"$" "$settings" || fail "src/sidecar/default.toml has no line 'group = \"\"' any more"
}
