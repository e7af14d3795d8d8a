<?php

/** Parent and children of a fork use sockets, cache and keys at the same time: php fork.php SOCKET */

declare(strict_types=1);

const CHILDREN = 3;
const ROUNDS = 50;

ini_set('platen.socket', $argv[1]);
$key = Platen\SigningKey::fromPem((string) file_get_contents(__DIR__ . '/../vectors/jwt/keys/rsa.pem'), 'a');
$counter = new Platen\TokenCounter('gpt-4o');
use_everything($key, $counter, 'before the fork');

$children = [];
for ($child = 0; $child < CHILDREN; ++$child) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        for ($round = 0; $round < ROUNDS; ++$round) {
            use_everything($key, $counter, "child $child, round $round");
        }
        exit(7);
    }
    $children[] = $pid;
}
for ($round = 0; $round < ROUNDS; ++$round) {
    use_everything($key, $counter, "parent, round $round");
}
foreach ($children as $pid) {
    pcntl_waitpid($pid, $status);
    if (!pcntl_wifexited($status) || pcntl_wexitstatus($status) !== 7) {
        fwrite(STDERR, "fork: a child ended with status $status\n");
        exit(1);
    }
}
use_everything($key, $counter, 'after the children');
echo "fork: parent and ", CHILDREN, " children used everything\n";

function use_everything(Platen\SigningKey $key, Platen\TokenCounter $counter, string $who): void
{
    $hash = Platen\prompt_hash($who);
    $counter->push($who);
    $right = Platen\ping(20000)['protocol'] === 1
        && Platen\cache_set($hash, $who) && Platen\cache_get($hash) === $who
        && Platen\jwt_decode(Platen\jwt_encode(['exp' => time() + 60, 'who' => $who], $key), $key)['who'] === $who
        && $counter->count() > 0
        && Platen\rate_limit('life', $who, 5, 60000, 1, 20000)['is_allowed'];
    if (!$right) {
        fwrite(STDERR, "fork: $who got a wrong answer\n");
        exit(1);
    }
}
