--TEST--
Parent and child of a fork share the file and not the handle
--EXTENSIONS--
pcntl
posix
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hashes = array_map(fn (int $n) => Platen\prompt_hash(['n' => $n, 'r' => bin2hex(random_bytes(8))]), range(0, 99));
Platen\cache_set($hashes[0], 'before');
$pid = pcntl_fork();
foreach ($hashes as $n => $hash) {
    if ($n % 2 === ($pid === 0 ? 0 : 1)) {
        for ($try = 0; $try < 50 && !Platen\cache_set($hash, "value $n"); ++$try) {
            usleep(1000);
        }
    }
}
if ($pid === 0) {
    posix_kill(getmypid(), SIGKILL);
}
pcntl_waitpid($pid, $status);
$wrong = array_filter(array_keys($hashes), fn (int $n) => Platen\cache_get($hashes[$n]) !== "value $n");
echo count($wrong), ' of ', count($hashes), ' are wrong';
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
0 of 100 are wrong
