<?php

/**
 * Measures the hand-off to the daemon: php -d extension=target/release/libplaten.so tests/load/jobs.php [--json]
 * `make bench-ext` runs it in a worker of PHP-FPM.
 *
 * Starts a daemon of its own in a temporary folder, whose provider is slow, so that the machine is left to what is
 * measured. Each figure is a median of single calls, in microseconds; that of the rate limit, of batches of calls.
 */

declare(strict_types=1);

const SITE = 'bench';
const ROUNDS = 2000;
const TURNS = 10;
const BATCH = 1000;
const START_DEADLINE_S = 20;
// Signals by number: pcntl, which has their names, is not in PHP-FPM.
const STOP_SIGNAL = 19;
const KILL_SIGNAL = 9;

extension_loaded('platen') || exit("jobs: the extension is not loaded\n");

$binary = getenv('PLATEND') ?: dirname(__DIR__, 2) . '/target/release/platend';
is_executable($binary) || exit("jobs: $binary is not built\n");
$daemon = new BenchDaemon($binary);
ini_set('platen.socket', $daemon->socket);

/** @var array<string, array{value: float, bar: float|null, unit: string, better: string}> $results */
$results = [];
$results['ping'] = figure(null, median(ROUNDS, static fn () => Platen\ping()));
$job = job_of(2048);
$submit = static fn (string $ack): Closure => static fn (array $job) => Platen\submit(SITE, $job, 5000, $ack);
// In turns, so that the disk's moods meet both.
$times = ['durable' => [], 'disk' => []];
$commit = commit_alone($daemon->folder);
for ($turn = 0; $turn < TURNS; ++$turn) {
    array_push($times['durable'], ...samples(intdiv(ROUNDS, TURNS), $submit('durable'), $job));
    array_push($times['disk'], ...samples(intdiv(ROUNDS, TURNS), $commit));
}
$results['submit of 2 KB, durable'] = figure(300, middle($times['durable']));
$results['the disk alone: twelve pages of 4 KiB and fdatasync()'] = [
    ...figure(null, middle($times['disk'])),
    'beside' => 'submit of 2 KB, durable',
];
settle();
$results['submit of 2 KB, accepted'] = figure(20, median(ROUNDS, $submit('accepted'), $job));
// The next measurement must not share the machine with what this one left behind.
settle();
$push = static fn (array $job) => Platen\submit(SITE, $job, 5000, 'none');
$results['submit of 2 KB, no reply'] = figure(12, median(ROUNDS, $push, $job, static fn () => Platen\ping(5000)));
$many = static fn (array $jobs) => Platen\submit_many(SITE, $jobs, 5000);
$batch = static fn (): array => array_map(static fn (): array => $job(), range(1, 50));
$results['submit_many of 50 jobs of 2 KB'] = figure(null, median(100, $many, $batch));
settle();

$take = static fn () => Platen\rate_limit(SITE, 'user:1', 4_000_000_000, 3_600_000);
$take();
$results['rate_limit, shared memory'] = figure(0.2, per_call($take));
Platen\runtime_info()['limits']['decisions'] > BATCH || exit("jobs: the limits were not decided in shared memory\n");
$id = bin2hex(random_bytes(4));
$number = 0;
$fresh = static function () use ($id, &$number): void {
    Platen\rate_limit(SITE, "fresh:$id:" . ++$number, 10, 60_000);
};
$results['rate_limit, a new key'] = figure(null, median(ROUNDS, $fresh));

$reserve = static fn () => Platen\budget_reserve(SITE, 'user:1', 1, 1_000_000_000, deadline_ms: 5000);
$results['budget_reserve'] = figure(null, median(300, $reserve));

$daemon->stop();
$deadlineMs = 50;
ini_set('platen.retry_after_ms', '0');
$unanswered = static fn () => unavailable(static fn () => Platen\submit(SITE, $job(), $deadlineMs));
$results['daemon stopped, submit with 50 ms'] = figure(51_000, median(20, $unanswered));
fill($push, $job);
$full = static fn () => unavailable(static fn () => $push($job()), 'busy');
$results['buffer full, submit without reply'] = figure(1000, median(200, $full));
$daemon->kill();
$results['daemon absent, submit'] = figure(1000, median(200, $unanswered));

if (in_array('--json', $argv, true)) {
    echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
foreach ($results as $name => ['value' => $value, 'bar' => $bar]) {
    printf("%-36s %10.3f us%s\n", $name, $value, $bar === null ? '' : "   bar $bar");
}

/** A daemon in a folder of its own. */
final class BenchDaemon
{
    public readonly string $socket;
    public readonly string $folder;

    /** @var resource */
    private mixed $process;

    public function __construct(string $binary)
    {
        $this->folder = sys_get_temp_dir() . '/platen-bench-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->socket = $this->folder . '/platend.sock';
        $config = $this->folder . '/platend.toml';
        file_put_contents($config, <<<TOML
            daemon.state_dir = "{$this->folder}/state"
            ipc.socket = "{$this->socket}"
            http.listen = "127.0.0.1:0"
            jobs.concurrency = 1
            log.level = "warn"
            [[providers]]
            name = "offline"
            kind = "offline"
            pace_ms = 1000
            [models.default]
            provider = "offline"
            model = "offline-demo"
            TOML);
        $command = [$binary, '--config', $config];
        $output = $this->folder . '/log';
        exec(implode(' ', array_map('escapeshellarg', [...$command, 'site', 'add', SITE, '--url', 'http://127.0.0.1:9'])));
        $streams = [['file', '/dev/null', 'r'], ['file', $output, 'a'], ['file', $output, 'a']];
        $this->process = proc_open([...$command, 'serve'], $streams, $pipes)
            ?: exit("jobs: the daemon cannot be started\n");
        $until = hrtime(true) + START_DEADLINE_S * 1_000_000_000;
        while (!file_exists($this->socket)) {
            hrtime(true) < $until || exit('jobs: the daemon does not start: ' . file_get_contents($output) . "\n");
            usleep(10_000);
        }
    }

    /** It lives and does nothing. */
    public function stop(): void
    {
        $pid = proc_get_status($this->process)['pid'];
        posix_kill($pid, STOP_SIGNAL);
        $until = hrtime(true) + START_DEADLINE_S * 1_000_000_000;
        while (!preg_match('/^State:\s+T/m', (string) file_get_contents("/proc/$pid/status"))) {
            hrtime(true) < $until || exit("jobs: the daemon does not stop\n");
            usleep(1000);
        }
    }

    public function kill(): void
    {
        if (is_resource($this->process)) {
            posix_kill(proc_get_status($this->process)['pid'], KILL_SIGNAL);
            proc_close($this->process);
        }
    }

    public function __destruct()
    {
        $this->kill();
        exec('rm -rf ' . escapeshellarg($this->folder));
    }
}

/** Makes jobs with so many bytes of text, each with an id of its own. */
function job_of(int $bytes): Closure
{
    $text = substr(str_repeat('What do you think about this? ', intdiv($bytes, 30) + 1), 0, $bytes);

    return static function () use ($text): array {
        $random = bin2hex(random_bytes(10));
        $time = str_pad(dechex((int) (microtime(true) * 1000)), 12, '0', STR_PAD_LEFT);
        $id = substr($time, 0, 8) . '-' . substr($time, 8) . '-7' . substr($random, 0, 3)
            . '-8' . substr($random, 3, 3) . '-' . substr($random, 6, 12);

        return [
            'id' => $id,
            'idempotency_key' => $id,
            'request_id' => $random,
            'created_at' => gmdate('Y-m-d\TH:i:s') . '.000000Z',
            'kind' => 'chat',
            'payload' => ['model' => 'default', 'messages' => [['role' => 'user', 'content' => $text]]],
        ];
    };
}

/**
 * Each call alone, in microseconds.
 *
 * @param Closure|null $prepare Makes the argument, and $after tidies up; neither is measured.
 * @return list<float>
 */
function samples(int $count, Closure $call, ?Closure $prepare = null, ?Closure $after = null): array
{
    $times = [];
    for ($i = 0; $i < $count; ++$i) {
        $argument = $prepare === null ? [] : [$prepare()];
        $start = hrtime(true);
        $call(...$argument);
        $times[] = (hrtime(true) - $start) / 1000;
        $after === null || $after();
    }

    return $times;
}

function median(int $count, Closure $call, ?Closure $prepare = null, ?Closure $after = null): float
{
    // The first calls connect, and fill caches on both sides.
    samples(max(10, intdiv($count, 20)), $call, $prepare, $after);

    return middle(samples($count, $call, $prepare, $after));
}

/** @param list<float> $times */
function middle(array $times): float
{
    sort($times);

    return $times[intdiv(count($times), 2)];
}

/** The quickest of many batches, for one call. */
function per_call(Closure $call): float
{
    $quickest = INF;
    for ($batch = 0; $batch < 300; ++$batch) {
        $start = hrtime(true);
        for ($i = 0; $i < BATCH; ++$i) {
            $call();
        }
        $quickest = min($quickest, (hrtime(true) - $start) / 1000 / BATCH);
    }

    return $quickest;
}

/** Waits until the daemon has written what it was given. */
function settle(): void
{
    usleep(300_000);
    Platen\ping(5000);
}

/** Writes as many pages as the daemon does for a job, one after the other into a file that has them already. */
function commit_alone(string $folder): Closure
{
    $file = fopen("$folder/pages", 'w+') ?: exit("jobs: no file can be made\n");
    stream_set_write_buffer($file, 0);
    $page = str_repeat('x', 4096);
    fwrite($file, str_repeat($page, 12 * 1024));
    fsync($file);
    $commits = 0;

    return static function () use ($file, $page, &$commits): void {
        if ($commits++ % 1024 === 0) {
            rewind($file);
        }
        for ($pages = 0; $pages < 12; ++$pages) {
            fwrite($file, $page);
        }
        fdatasync($file);
    };
}

/** Runs a call that must fail because of the daemon. */
function unavailable(Closure $call, ?string $code = null): void
{
    try {
        $call();
    } catch (Platen\Exception\DaemonUnavailable $exception) {
        if ($code === null || $exception->errorCode === $code) {
            return;
        }
        exit("jobs: the call failed with {$exception->errorCode}\n");
    }
    exit("jobs: a call that must fail was answered\n");
}

/** Pushes until nothing more fits. */
function fill(Closure $push, Closure $job): void
{
    for ($i = 0; $i < 10_000; ++$i) {
        try {
            $push($job());
        } catch (Platen\Exception\DaemonUnavailable) {
            return;
        }
    }
    exit("jobs: the buffer never fills\n");
}

/** @return array{value: float, bar: float|null, unit: string, better: string} */
function figure(?float $bar, float $value, string $unit = 'us'): array
{
    return ['value' => round($value, 3), 'bar' => $bar, 'unit' => $unit, 'better' => 'lower'];
}
