--TEST--
A full disk is a false, and the entries that are there stay
--EXTENSIONS--
pcntl
posix
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hashes = array_map(fn (int $n) => Platen\prompt_hash(['n' => $n, 'r' => bin2hex(random_bytes(8))]), range(0, 1));
Platen\cache_set($hashes[0], 'value');
// What the shell calls file size is the limit of every process: beyond it a write fails as on a full disk.
pcntl_signal(SIGXFSZ, SIG_IGN);
posix_setrlimit(POSIX_RLIMIT_FSIZE, 4096, 4096);
var_dump(Platen\cache_set($hashes[1], str_repeat('v', 10000)), Platen\cache_get($hashes[0]), Platen\cache_get($hashes[1]));
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
bool(false)
string(5) "value"
NULL
