--TEST--
After PHP ran out of memory inside a function, everything still works in the same process
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/rounds.inc';

// Its ids take a megabyte: so little is not weighed beforehand.
$text = str_repeat("a1@b.de \n\n", 1 << 13);
$job = ['x' => array_fill(0, 1 << 16, [1])];
foreach (
    [
        'encode' => fn () => Platen\encode($text . fill_up()),
        'submit' => fn () => Platen\submit('site', $job),
    ] as $name => $call
) {
    if (pcntl_fork() === 0) {
        end_in_want_of_memory($name, $call);
    }
    pcntl_wait($status);
}

function end_in_want_of_memory(string $name, callable $call): never
{
    $daemon = new FakeDaemon('full');
    round_of_calls(0);
    register_shutdown_function(function () use ($name, $daemon): void {
        ini_set('memory_limit', '1G');
        $error = str_contains(error_get_last()['message'] ?? '', 'Allowed memory size') ? 'out of memory' : 'no error';
        echo "$name: $error, then ", round_of_calls(1) > 50 ? "all works\n" : "too few calls\n";
    });
    error_reporting(0);
    // The answer to the job takes 15 MB: more than this, and less than twice as much, where PHP could kill the process.
    ini_set('memory_limit', (string) (memory_get_usage(true) + (8 << 20)));
    $call();
    exit("$name had enough memory\n");
}

/** Leaves half a megabyte. */
function fill_up(): string
{
    static $filling = [];
    while ((int) ini_get('memory_limit') - memory_get_usage() > 1 << 19) {
        $filling[] = str_repeat('x', 1 << 16);
    }

    return '';
}
--EXPECT--
encode: out of memory, then all works
submit: out of memory, then all works
