<?php

declare(strict_types=1);

namespace Platen\Tests\Fixture;

/**
 * The built daemon in a folder of its own, with the site "main" and a provider that answers by itself.
 */
final class Daemon
{
    private const START_DEADLINE_S = 30;

    public readonly string $url;
    public readonly string $secret;
    private readonly string $folder;

    /** @var resource */
    private mixed $process;

    public function __construct(private readonly string $binary)
    {
        $this->folder = sys_get_temp_dir() . '/platen-test-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        file_put_contents("$this->folder/platend.toml", <<<TOML
            daemon.state_dir = "$this->folder/state"
            ipc.socket = "$this->folder/platend.sock"
            http.listen = "127.0.0.1:0"
            [[providers]]
            name = "offline"
            kind = "offline"
            pace_ms = 1
            [models.default]
            provider = "offline"
            model = "offline-demo"
            TOML);
        $add = $this->command('site', 'add', 'main', '--url', 'http://127.0.0.1:9', '--format', 'json');
        $constants = shell_exec(implode(' ', array_map('escapeshellarg', $add)));
        $this->secret = json_decode((string) $constants, true, 8, JSON_THROW_ON_ERROR)['PLATEN_SITE_SECRET'];
        $log = "$this->folder/log";
        $streams = [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']];
        $process = proc_open($this->command('serve'), $streams, $pipes);
        if ($process === false) {
            throw new \RuntimeException('the daemon cannot be started');
        }
        $this->process = $process;
        $this->url = 'http://' . $this->address($log);
    }

    /** The binary, from the latest build; null when none was built. */
    public static function binary(): ?string
    {
        $target = dirname(__DIR__, 3) . '/target';
        $built = array_filter(["$target/release/platend", "$target/debug/platend"], 'is_executable');
        usort($built, static fn (string $one, string $other): int => filemtime($other) <=> filemtime($one));

        return $built[0] ?? null;
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function __destruct()
    {
        $this->stop();
    }

    /** Where it listens, once it says that it is ready. */
    private function address(string $log): string
    {
        $until = hrtime(true) + self::START_DEADLINE_S * 1_000_000_000;
        while (hrtime(true) < $until) {
            foreach (file($log) ?: [] as $line) {
                $fields = json_decode($line, true)['fields'] ?? json_decode($line, true) ?? [];
                if (($fields['message'] ?? '') === 'platend is ready') {
                    return $fields['http'];
                }
            }
            usleep(10_000);
        }
        throw new \RuntimeException('the daemon did not start: ' . file_get_contents($log));
    }

    /** @return list<string> */
    private function command(string ...$arguments): array
    {
        return [$this->binary, '--config', "$this->folder/platend.toml", ...$arguments];
    }
}
