--TEST--
Thousands of calls to the daemon and refusals of it leave no memory behind
--EXTENSIONS--
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
$id = '0193d2e0-0000-7000-8000-000000000000';
$round = function () use ($id): void {
    for ($i = 0; $i < 20; ++$i) {
        Platen\rate_limit('main', 'user:1', 1_000_000, 86_400_000, 1, 5000);
    }
    Platen\daemon_info(5000);
    Platen\runtime_info();
    Platen\results('main', deadline_ms: 5000);
    code_of(static fn () => Platen\read_answer('main', $id, 0, 5000));
    code_of(static fn () => Platen\wait('main', $id, 0, 5000));
    code_of(static fn () => Platen\submit_many('main', [['id' => 'x'], []], 5000));
    code_of(static fn () => Platen\submit('main', ['id' => 'x'], 5000, 'none'));
    code_of(static fn () => Platen\submit('main', ['id' => 'x'], 5000, 'accepted'));
    code_of(static fn () => Platen\budget_settle('main', 'unheard-of', 1, 5000));
};
$resident = fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
for ($i = 0; $i < 200; ++$i) {
    $round();
}
[$php, $process] = [memory_get_usage(), $resident()];
for ($i = 0; $i < 1000; ++$i) {
    $round();
}
var_dump(memory_get_usage() - $php < 1024, $resident() - $process < 1024 * 1024);
--EXPECT--
bool(true)
bool(true)
