--TEST--
A value of 16 MiB of any bytes survives
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hash = Platen\prompt_hash(bin2hex(random_bytes(8)));
$value = str_repeat("\xff\0é", 4 * 1024 * 1024);
var_dump(strlen($value), Platen\cache_set($hash, $value), Platen\cache_get($hash) === $value);
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
int(16777216)
bool(true)
bool(true)
