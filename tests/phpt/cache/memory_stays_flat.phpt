--TEST--
Ten thousand rounds of every cache function leave no memory and no open file behind
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$value = str_repeat('v', 4096);
$round = function (int $n) use ($value): void {
    $hash = Platen\prompt_hash($n % 50, ['case' => 'fold']);
    Platen\cache_get($hash);
    Platen\cache_set($hash, $value, 60, ['a', 'b']);
    Platen\cache_get($hash);
    Platen\cache_delete($hash);
    if ($n % 1000 === 0) {
        Platen\cache_flush_tag('a');
        Platen\cache_stats();
    }
};
$resident = fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
$files = fn (): int => count(scandir('/proc/self/fd'));
for ($i = 0; $i < 2000; ++$i) {
    $round($i);
}
$before = [memory_get_usage(), $resident(), $files()];
for ($i = 0; $i < 10000; ++$i) {
    $round($i);
}
var_dump(memory_get_usage() - $before[0] < 1024, $resident() - $before[1] < 1024 * 1024, $files() - $before[2]);
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
bool(true)
bool(true)
int(0)
