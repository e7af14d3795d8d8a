--TEST--
A listener that never accepts costs one deadline as well
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$path = sys_get_temp_dir() . '/platen-phpt-' . getmypid() . '.sock';
$listener = stream_socket_server("unix://$path");
ini_set('platen.socket', $path);
$took = milliseconds(function (): void {
    echo code_of(fn () => Platen\ping(30)), "\n";
});
unlink($path);
echo $took >= 29 && $took < 400 ? 'one deadline' : "after $took ms";
--EXPECT--
deadline_exceeded
one deadline
