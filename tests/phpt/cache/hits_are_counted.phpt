--TEST--
Hits, misses and stores are counted, and what could not be stored
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$hash = Platen\prompt_hash(bin2hex(random_bytes(8)));
$before = Platen\cache_stats();
Platen\cache_get($hash);
Platen\cache_set($hash, 'value');
Platen\cache_get($hash);
Platen\cache_get($hash);
outcome(fn () => Platen\cache_set($hash, str_repeat('v', 16 * 1024 * 1024 + 1)));
$after = Platen\cache_stats();
foreach ($after as $name => $value) {
    echo $name, ' ', $name === 'used_bytes' ? ($value > $before[$name] ? 'more' : 'less') : $value - $before[$name], "\n";
}
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
entries 1
used_bytes more
max_bytes 0
hits 2
misses 1
stores 1
failed_stores 1
evictions 0
