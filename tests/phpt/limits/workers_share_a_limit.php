<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/daemon.inc';

$daemon = new Daemon();
// The first request of a key goes to the daemon, which gives it its place.
$first = Platen\rate_limit('main', 'user:1', 20_000, 86_400_000, 1, 5000);
$sockets = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
for ($worker = 0; $worker < 4; ++$worker) {
    if (pcntl_fork() === 0) {
        $allowed = 0;
        for ($i = 0; $i < 10_000; ++$i) {
            $allowed += (int) Platen\rate_limit('main', 'user:1', 20_000, 86_400_000)['is_allowed'];
        }
        fwrite($sockets[1], "$allowed " . Platen\runtime_info()['limits']['decisions'] . "\n");
        posix_kill(getmypid(), SIGKILL);
    }
}
$allowed = (int) $first['is_allowed'];
$decisions = [];
for ($worker = 0; $worker < 4; ++$worker) {
    [$count, $decided] = explode(' ', trim(fgets($sockets[0])));
    $allowed += (int) $count;
    $decisions[] = $decided;
    pcntl_wait($status);
}
// A window of a day lets one more through each 4 seconds.
echo $allowed >= 20_000 && $allowed <= 20_010 ? 'exactly the limit' : "$allowed", "\n";
echo implode(' ', $decisions), "\n";
echo Platen\rate_limit('main', 'user:1', 20_000, 86_400_000, 20_000)['is_allowed'] ? 'more' : 'no more', "\n";
