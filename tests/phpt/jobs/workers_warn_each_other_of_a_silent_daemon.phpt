--TEST--
When three calls of any workers waited in vain, no worker waits; what fails at once warns nobody
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';
require __DIR__ . '/../support/fake-daemon.inc';

/** Runs a function in a worker of its own, forked from this process as PHP-FPM forks its workers. */
function in_worker(callable $work): void
{
    $pid = pcntl_fork();
    if ($pid === 0) {
        $work();
        posix_kill(getmypid(), SIGKILL);
    }
    pcntl_waitpid($pid, $status);
}

function ask(string $who): void
{
    echo "$who: ", preg_replace('/\d+ ms/', 'N ms', outcome(fn () => Platen\status('main', 'x'))), "\n";
}

$daemon = new FakeDaemon('silent');
foreach (['first', 'second', 'third'] as $who) {
    in_worker(fn () => ask($who));
}
$took = milliseconds(fn () => in_worker(fn () => ask('fourth')));
echo $took < 45 ? 'at once' : "after $took ms", "\n";

$other = new FakeDaemon('echo');
echo 'another daemon: ', Platen\ping()['request'], "\n";

ini_set('platen.socket', $daemon->path);
in_worker(function (): void {
    echo 'a ping asks: ', code_of(fn () => Platen\ping(10)), "\n";
});

ini_set('platen.socket', '/nonexistent/platend.sock');
for ($worker = 0; $worker < 4; ++$worker) {
    in_worker(fn () => ask('nobody there'));
}
--EXPECT--
first: DaemonUnavailable deadline_exceeded: the daemon did not answer within N ms
second: DaemonUnavailable deadline_exceeded: the daemon did not answer within N ms
third: DaemonUnavailable deadline_exceeded: the daemon did not answer within N ms
fourth: DaemonUnavailable daemon_unavailable: the daemon did not answer a moment ago; the next try is in N ms
at once
another daemon: 1
a ping asks: deadline_exceeded
nobody there: DaemonUnavailable daemon_unavailable: the daemon cannot be reached at /nonexistent/platend.sock: no such file or directory
nobody there: DaemonUnavailable daemon_unavailable: the daemon cannot be reached at /nonexistent/platend.sock: no such file or directory
nobody there: DaemonUnavailable daemon_unavailable: the daemon cannot be reached at /nonexistent/platend.sock: no such file or directory
nobody there: DaemonUnavailable daemon_unavailable: the daemon cannot be reached at /nonexistent/platend.sock: no such file or directory
