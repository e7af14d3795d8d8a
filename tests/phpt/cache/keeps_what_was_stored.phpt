--TEST--
What was stored is found until its time is over
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

use function Platen\cache_get;
use function Platen\cache_set;

$hash = Platen\prompt_hash(['model' => 'm', 'n' => random_int(0, PHP_INT_MAX)]);
$binary = random_bytes(5000) . "\0\xFF";
var_dump(cache_get($hash));
var_dump(cache_set($hash, $binary));
var_dump(cache_get($hash) === $binary);
var_dump(cache_set($hash, 'short', ttl_s: 1));
var_dump(cache_get($hash));
usleep(1_100_000);
var_dump(cache_get($hash));
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
NULL
bool(true)
bool(true)
bool(true)
string(5) "short"
NULL
