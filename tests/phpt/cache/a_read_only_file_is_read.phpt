--TEST--
A file that this process may only read is read, and not written
--EXTENSIONS--
pcntl
posix
--SKIPIF--
<?php
posix_geteuid() === 0 || die('skip only root can become another user');
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hash = Platen\prompt_hash('r');
$path = ini_get('platen.cache_path');
Platen\cache_set($hash, 'value');
chmod($path, 0444);
chmod(dirname($path), 0755);
posix_setgid(65534);
posix_setuid(65534);
$pid = pcntl_fork();
if ($pid === 0) {
    var_dump(Platen\cache_get($hash), Platen\cache_set($hash, 'other'), Platen\cache_delete($hash));
    var_dump(Platen\cache_flush_tag('x'), Platen\cache_get($hash));
    exit;
}
pcntl_waitpid($pid, $status);
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
string(5) "value"
bool(false)
bool(false)
NULL
string(5) "value"
