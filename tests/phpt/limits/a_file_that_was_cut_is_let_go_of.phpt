--TEST--
A table that is cut or replaced is let go of, and the daemon is asked instead
--EXTENSIONS--
pcntl
posix
--SKIPIF--
<?php
require __DIR__ . '/../support/daemon.inc';
if (Daemon::binary() === null) {
    echo 'skip the daemon is not built';
}
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/daemon.inc';

$daemon = new Daemon();
$take = static fn () => Platen\rate_limit('main', 'user:1', 100, 86_400_000, 1, 5000)['remaining'];
$state = static fn () => Platen\runtime_info()['limits']['state'];
echo $take(), ' ', $take(), ' ', $state(), "\n";
$path = Platen\runtime_info()['limits']['path'];
rename($path, "$path.away");
file_put_contents($path, 'PLATLIM');
sleep(2);
echo $take(), ' ', $state(), "\n";
unlink($path);
rename("$path.away", $path);
sleep(2);
echo $take(), ' ', $state(), "\n";
--EXPECT--
99 98 mapped
97 foreign
96 mapped
