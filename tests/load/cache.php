<?php

/**
 * Measures the prompt cache: php -d extension=target/release/libplaten.so tests/load/cache.php [--json] [entries]
 *
 * Every store holds 100 000 values of 4 KB. While one process asks it, another one writes to it, about 3000 times a
 * second. A figure is the median of calls that are timed one by one, with keys in random order, in microseconds; the
 * clock's own 0.05 us is in it. The peers are those of the extensions apcu, redis (which needs redis-server) and
 * pdo_sqlite that are there.
 */

declare(strict_types=1);

const CALLS = 20_000;
const VALUE_BYTES = 4096;
const WRITER_PAUSE_US = 250;

extension_loaded('platen') || exit("cache: the extension is not loaded\n");
extension_loaded('pcntl') || exit("cache: the extension pcntl is not loaded\n");

$peers = [
    '' => 'platen',
    ' (APCu)' => 'apcu',
    ' (Redis, Unix socket)' => 'redis_socket',
    ' (Redis, TCP)' => 'redis_tcp',
    ' (PDO SQLite)' => 'sqlite',
];
$arguments = array_slice($argv, 1);
$entries = (int) (array_values(array_filter($arguments, ctype_digit(...)))[0] ?? 100_000);

// Each store is measured in a process of its own, with the settings that it needs.
if (($peer = getenv('PLATEN_BENCH_STORE')) !== false) {
    echo json_encode(measure($peer, (string) getenv('PLATEN_BENCH_FOLDER'), $entries), JSON_THROW_ON_ERROR);
    exit(0);
}

/** @var array<string, array{value: float, bar: float|null, unit: string, better: string}> $results */
$results = [];
foreach ($peers as $suffix => $peer) {
    $count = number_format($entries, 0, '', ' ');
    foreach (run_peer($peer, $entries) as $what => $us) {
        $bar = $suffix === '' && $what === 'hit' ? 7 : null;
        $results["cache $what 4 KB, $count entries, a writer beside$suffix"]
            = ['value' => $us, 'bar' => $bar, 'unit' => 'us', 'better' => 'lower'];
    }
}

if (in_array('--json', $arguments, true)) {
    echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
foreach ($results as $name => ['value' => $value, 'bar' => $bar]) {
    printf("%-72s %9.2f us%s\n", $name, $value, $bar === null ? '' : "   bar $bar");
}

/**
 * Runs one store in a process and a folder of its own. A store that is not there has no figures.
 *
 * @return array<string, float>
 */
function run_peer(string $peer, int $entries): array
{
    $folder = sys_get_temp_dir() . '/platen-bench-' . bin2hex(random_bytes(6));
    mkdir($folder, 0700);
    $settings = [
        'platen.cache_path' => "$folder/prompts.cache",
        'platen.cache_max_bytes' => (string) max(1 << 20, $entries * 5300),
        'apc.enable_cli' => '1',
        'apc.shm_size' => max(32, intdiv($entries * 6000, 1 << 20)) . 'M',
        'memory_limit' => '-1',
    ];
    $command = [PHP_BINARY, '-d', 'extension=' . library()];
    foreach ($settings as $name => $value) {
        array_push($command, '-d', "$name=$value");
    }
    array_push($command, __FILE__, (string) $entries);
    $environment = getenv() + ['PLATEN_BENCH_STORE' => $peer, 'PLATEN_BENCH_FOLDER' => $folder];
    $process = proc_open($command, [1 => ['pipe', 'w']], $pipes, null, $environment);
    $output = stream_get_contents($pipes[1]);
    proc_close($process) === 0 || exit("cache: $peer failed: $output\n");
    array_map('unlink', glob("$folder/*"));
    rmdir($folder);

    return json_decode((string) $output, true, 8, JSON_THROW_ON_ERROR);
}

/** The path of this process's own extension: `-d extension=…` is not in ini_get(). */
function library(): string
{
    preg_match('~^\S+ \S+ \S+ \S+ \S+ +(/\S*platen\S*\.so)$~m', file_get_contents('/proc/self/maps'), $match);

    return $match[1];
}

/** @return array<string, float> Medians in microseconds, by what was done. */
function measure(string $peer, string $folder, int $entries): array
{
    $server = str_starts_with($peer, 'redis') ? start_redis($folder) : null;
    $server === null || register_shutdown_function('proc_terminate', $server['process'], SIGKILL);
    $open = store($peer, $folder, $server);
    if ($open === null) {
        return [];
    }
    [$get, $set, $fill] = $open();
    $keys = array_map(static fn (int $n): string => hash('sha256', "entry $n"), range(0, $entries - 1));
    $value = random_bytes(VALUE_BYTES);
    $fill($keys, $value);
    $writer = start_writer($open, $keys, $value);
    register_shutdown_function('posix_kill', $writer, SIGKILL);
    mt_srand(1);
    $known = static fn (): string => $keys[mt_rand(0, $entries - 1)];
    $unknown = static fn (int $n): string => hash('sha256', "unknown $n");
    $found = static fn (?string $value): bool => $value !== null && strlen($value) === VALUE_BYTES;

    return [
        'hit' => median($known, $get, $found),
        'miss' => median($unknown, $get, static fn (?string $value): bool => $value === null),
        'set' => median($known, static fn (string $key): bool => $set($key, $value), boolval(...)),
    ];
}

/** The median time of a call. Most results must be right, or the figure would be of something else. */
function median(callable $key, callable $call, callable $is_right): float
{
    $times = [];
    $right = 0;
    for ($n = 0; $n < CALLS; ++$n) {
        $at = $key($n);
        $start = hrtime(true);
        $result = $call($at);
        $times[] = hrtime(true) - $start;
        $right += (int) $is_right($result);
    }
    $right >= 0.95 * CALLS || fail("only $right of " . CALLS . " results are right");
    sort($times);

    return $times[intdiv(CALLS, 2)] / 1e3;
}

function fail(string $problem): never
{
    fwrite(STDERR, "cache: $problem\n");
    exit(1);
}

/** Another process that stores values until it is killed. */
function start_writer(callable $open, array $keys, string $value): int
{
    $pid = pcntl_fork();
    if ($pid === 0) {
        [, $set] = $open();
        for ($n = 0; posix_getppid() !== 1; $n += 7919) {
            $set($keys[$n % count($keys)], $value);
            usleep(WRITER_PAUSE_US);
        }
        posix_kill(posix_getpid(), SIGKILL);
    }

    return $pid;
}

/**
 * How a store is opened: gives its get, its set, and how it is filled. Null for a store that is not there.
 *
 * @param array{process: resource, socket: string, port: int}|null $server
 */
function store(string $peer, string $folder, ?array $server): ?callable
{
    $one_by_one = static fn (callable $set): callable => static function (array $keys, string $value) use ($set): void {
        foreach ($keys as $key) {
            $set($key, $value) || fail("a value was not stored");
        }
    };
    $redis = static function (string $host, int $port) use ($one_by_one): callable {
        return static function () use ($host, $port, $one_by_one): array {
            $redis = new Redis();
            $redis->connect($host, $port, 1.0);
            $set = static fn (string $key, string $value): bool => $redis->set($key, $value, 3600);

            return [static fn (string $key): ?string => $redis->get($key) ?: null, $set, $one_by_one($set)];
        };
    };

    return match (true) {
        $peer === 'platen' => static function () use ($one_by_one): array {
            $set = static fn (string $key, string $value): bool => Platen\cache_set($key, $value, 3600);

            return [Platen\cache_get(...), $set, $one_by_one($set)];
        },
        $peer === 'apcu' && extension_loaded('apcu') => static function () use ($one_by_one): array {
            $set = static fn (string $key, string $value): bool => apcu_store($key, $value, 3600);

            return [static fn (string $key): ?string => apcu_fetch($key) ?: null, $set, $one_by_one($set)];
        },
        $peer === 'redis_socket' && $server !== null => $redis($server['socket'], 0),
        $peer === 'redis_tcp' && $server !== null => $redis('127.0.0.1', $server['port']),
        $peer === 'sqlite' && extension_loaded('pdo_sqlite') => static fn (): array => sqlite("$folder/cache.sqlite"),
        default => null,
    };
}

/** What a PHP developer would write: a table in WAL, prepared statements. */
function sqlite(string $path): array
{
    $database = new PDO("sqlite:$path", null, null, [PDO::ATTR_TIMEOUT => 1]);
    $database->exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 1073741824');
    $database->exec('CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, expires_at INTEGER, value BLOB)');
    $select = $database->prepare('SELECT value FROM entries WHERE key = ? AND expires_at > ?');
    $replace = $database->prepare('REPLACE INTO entries (key, expires_at, value) VALUES (?, ?, ?)');
    $get = static function (string $key) use ($select): ?string {
        $select->execute([hex2bin($key), time()]);
        $value = $select->fetchColumn();
        $select->closeCursor();

        return $value === false ? null : $value;
    };
    $set = static fn (string $key, string $value): bool
        => $replace->execute([hex2bin($key), time() + 3600, $value]);
    $fill = static function (array $keys, string $value) use ($database, $set): void {
        $database->beginTransaction();
        foreach ($keys as $key) {
            $set($key, $value);
        }
        $database->commit();
    };

    return [$get, $set, $fill];
}

/**
 * A server of our own, which keeps nothing on the disk.
 *
 * @return array{process: resource, socket: string, port: int}|null
 */
function start_redis(string $folder): ?array
{
    $program = trim((string) shell_exec('command -v redis-server'));
    if ($program === '' || !extension_loaded('redis')) {
        return null;
    }
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr((string) strrchr(stream_socket_get_name($probe, false), ':'), 1);
    fclose($probe);
    $socket = "$folder/redis.sock";
    $options = ['--port', (string) $port, '--bind', '127.0.0.1', '--unixsocket', $socket, '--dir', $folder];
    $command = [$program, ...$options, '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w']], $pipes);
    for ($give_up = hrtime(true) + 10_000_000_000; !file_exists($socket); usleep(10_000)) {
        hrtime(true) < $give_up || fail("redis-server does not start");
    }

    return ['process' => $process, 'socket' => $socket, 'port' => $port];
}
