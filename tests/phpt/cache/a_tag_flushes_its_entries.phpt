--TEST--
A flushed tag takes its entries and no others
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hashes = array_map(fn (int $n) => Platen\prompt_hash(['n' => $n, 'r' => bin2hex(random_bytes(8))]), range(0, 2));
$tag = 'post:' . bin2hex(random_bytes(8));
Platen\cache_set($hashes[0], 'zero', tags: [$tag, 'model:gpt-4o']);
Platen\cache_set($hashes[1], 'one', 60, ['model:gpt-4o', $tag]);
Platen\cache_set($hashes[2], 'two', 60, ['model:gpt-4o']);
var_dump(Platen\cache_flush_tag($tag));
echo implode(' ', array_map(fn (string $hash) => var_export(Platen\cache_get($hash), true), $hashes));
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
int(2)
NULL NULL 'two'
