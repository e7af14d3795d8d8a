--TEST--
A push to a daemon that reads nothing fails at once when its buffer is full, and keeps no half frame
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

ini_set('platen.socket', $path = sys_get_temp_dir() . '/platen-phpt-' . bin2hex(random_bytes(6)) . '.sock');
$listener = stream_socket_server("unix://$path");
$job = ['id' => str_repeat('x', 2048)];
for ($sent = 0; code_of(fn () => Platen\submit('main', $job, ack: 'none')) === ''; ++$sent) {
    $sent < 10_000 || exit("the buffer never fills\n");
}
$times = [];
for ($i = 0; $i < 50; ++$i) {
    $times[] = milliseconds(fn () => code_of(fn () => Platen\submit('main', $job, ack: 'none')));
}
echo outcome(fn () => Platen\submit('main', $job, ack: 'none')), "\n";
echo min($times) < 1 ? 'at once' : 'it took ' . min($times) . ' ms', "\n";
$stream = stream_socket_accept($listener);
stream_set_blocking($stream, false);
$bytes = '';
while (($part = fread($stream, 65536)) !== '' && $part !== false) {
    $bytes .= $part;
}
for ($frames = 0; $bytes !== ''; ++$frames) {
    $bytes = substr($bytes, 4 + unpack('N', $bytes)[1]);
}
echo $frames === $sent ? 'whole frames only' : "$frames frames of $sent", "\n";
unlink($path);
--EXPECT--
DaemonUnavailable busy: the daemon does not keep up: its buffer is full, and nothing was sent
at once
whole frames only
