# shellcheck shell=bash
# What is no Debian package: the tarball for other systems, the plugin's zip, and the sums.

# The same files as in the Debian packages, without Debian's layout.
pack_tarball() {
  local name config folder
  name=platen-$VERSION-linux-$(uname --machine)
  folder=$STAGE/$name
  mkdir -p "$folder/etc" "$folder/systemd" "$folder/nginx" "$folder/man"
  install -D --mode=755 "$BUILT/release/platend" "$folder/bin/platend"
  for config in "${PHP_CONFIGS[@]}"; do
    install -D --mode=644 "$(built_extension "$config")" "$folder/php/$(php_api "$config")/platen.so"
  done
  install --mode=644 "$ROOT/deploy/package/extension/platen.ini" "$folder/etc/platen.ini"
  install --mode=644 "$ROOT/src/sidecar/default.toml" "$folder/etc/platend.toml"
  install --mode=644 "$ROOT/deploy/package/daemon/provider.env" "$folder/etc/provider.env"
  install --mode=644 "$ROOT"/deploy/package/daemon/platend.{service,sysusers,tmpfiles} "$folder/systemd/"
  install --mode=644 "$ROOT/deploy/nginx/platen.conf" "$folder/nginx/platen.conf"
  put_file 644 "$ROOT/deploy/package/daemon/platend.8" "$folder/man/platend.8" "VERSION=$VERSION"
  install --mode=644 "$ROOT/LICENSE" "$ROOT/docs/install.md" "$folder/"
  cat "$STAGE"/notices-* >"$folder/THIRD-PARTY-NOTICES"
  tar --create --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --directory "$STAGE" "$name" | gzip --no-name --best >"$OUT/$name.tar.gz"
  say "  target/package/$name.tar.gz"
}

# The plugin as WordPress installs it. Native code comes in packages of its own.
pack_plugin() {
  local folder=$STAGE/plugin/platen zip=$OUT/platen-plugin-$VERSION.zip
  mkdir -p "$STAGE/plugin"
  "$ROOT/deploy/plugin.sh" "$folder"
  if find "$folder" -name '*.so' -o -name 'platend' -type f | grep --quiet .; then
    fail "the plugin's folder has native code in it"
  fi
  find "$folder" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  find "$folder" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  (cd "$STAGE/plugin" && find platen | sort | zip -q -X -@ "$zip")
  say "  ${zip#"$ROOT/"}"
}

write_sums() {
  (cd "$OUT" && sha256sum -- *) >"$STAGE/SHA256SUMS"
  mv "$STAGE/SHA256SUMS" "$OUT/"
}
