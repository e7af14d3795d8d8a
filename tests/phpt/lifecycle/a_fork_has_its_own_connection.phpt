--TEST--
Parent and child of a fork each use a connection of their own
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/fake-daemon.inc';

$daemons = [new FakeDaemon('echo')];
echo 'parent ', Platen\ping(2000)['connection'], "\n";
$socket = $daemons[0]->path;
$pid = pcntl_fork();
if ($pid === 0) {
    // The daemon of the test serves one connection after the other: the child may only try to connect.
    try {
        Platen\ping(100);
        $said = 'spoke on the connection of the parent';
    } catch (Platen\Exception\DaemonUnavailable $exception) {
        $said = 'waits on a connection of its own: ' . $exception->errorCode;
    }
    echo "child $said\n";
    posix_kill(getmypid(), SIGKILL);
}
pcntl_waitpid($pid, $status);
$reply = Platen\ping(2000);
echo 'parent ', $reply['connection'], ' ', $reply['request'], "\n";
--EXPECT--
parent 1
child waits on a connection of its own: deadline_exceeded
parent 1 2
