# shellcheck shell=bash
# The extension's package: one per PHP version, as Debian names and enables its own.

# Packs the extension for the PHP of a php-config.
pack_extension() {
  local config=$1 php api folder script values
  php=$(php_version "$config")
  api=$(php_api "$config")
  folder=$STAGE/php$php-platen
  # Debian has no other PHP; such a build goes into the tarball only.
  if [[ ! $api =~ ^[0-9]+$ ]]; then
    say "  no .deb for PHP $php ($api): Debian's PHP is neither thread-safe nor a debug build"
    return
  fi
  values=(
    "PHP=$php" "API=$api" "VERSION=$VERSION" "MACHINE=$MACHINE" "MAINTAINER=$MAINTAINER"
    "LIBRARIES=$(library_dependencies "$(built_extension "$config")")"
  )
  put_file 644 "$ROOT/deploy/package/extension/control" "$folder/DEBIAN/control" "${values[@]}"
  for script in postinst prerm postrm; do
    put_file 755 "$ROOT/deploy/package/extension/$script" "$folder/DEBIAN/$script" "${values[@]}"
  done
  put_file 644 "$ROOT/deploy/package/extension/platen.ini" "$folder/etc/php/$php/mods-available/platen.ini"
  install -D --mode=644 "$(built_extension "$config")" "$folder/usr/lib/php/$api/platen.so"
  put_documents "$folder" "php$php-platen" platen-extension
  build_deb "$folder" "php$php-platen"
}
