--TEST--
A deleted entry is gone
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hash = Platen\prompt_hash(bin2hex(random_bytes(8)));
Platen\cache_set($hash, 'value');
var_dump(Platen\cache_delete($hash), Platen\cache_get($hash), Platen\cache_delete($hash));
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
bool(true)
NULL
bool(false)
