<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

ini_set('platen.socket', $path = sys_get_temp_dir() . '/platen-phpt-' . bin2hex(random_bytes(6)) . '.sock');
echo code_of(fn () => Platen\status('main', 'x')), "\n";
$daemon = proc_open([PHP_BINARY, '-n', __DIR__ . '/../support/fake-daemon.php', $path, 'echo'], [1 => ['pipe', 'w']], $pipes);
fgets($pipes[1]);
echo code_of(fn () => Platen\status('main', 'x')), "\n";
echo Platen\ping(2000)['tag'], ' ', Platen\status('main', 'x', 2000)['tag'], "\n";
proc_terminate($daemon, 9);
unlink($path);
