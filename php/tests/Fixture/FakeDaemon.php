<?php

declare(strict_types=1);

namespace Platen\Tests\Fixture;

/**
 * A scripted daemon in a process of its own.
 */
final class FakeDaemon
{
    /** @var resource */
    private mixed $process;

    /** @var resource */
    private mixed $output;

    private function __construct(public readonly string $socket, string $script)
    {
        $command = [PHP_BINARY, '-n', __DIR__ . '/fake-daemon.php', $socket, $script];
        $process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
        if ($process === false) {
            throw new \RuntimeException('the fake daemon did not start');
        }
        $this->process = $process;
        $this->output = $pipes[1];
        stream_set_timeout($this->output, 5);
        $line = $this->line();
        if ($line !== 'ready') {
            throw new \RuntimeException("the fake daemon did not start: $line");
        }
    }

    /** @param list<array<string, mixed>> $steps See fake-daemon.php. */
    public static function start(array $steps, ?string $socket = null): self
    {
        return new self($socket ?? self::path(), json_encode($steps, JSON_THROW_ON_ERROR));
    }

    public static function path(): string
    {
        return sys_get_temp_dir() . '/platen-test-' . bin2hex(random_bytes(6)) . '.sock';
    }

    /** @return array{connection: int, tag: int, body: array<string, mixed>} The next request that arrived. */
    public function request(): array
    {
        return json_decode($this->line(), true, 512, JSON_THROW_ON_ERROR);
    }

    /** Ends the process as a crash would and frees the path. */
    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
        if (file_exists($this->socket)) {
            unlink($this->socket);
        }
    }

    public function __destruct()
    {
        $this->stop();
    }

    private function line(): string
    {
        return trim((string) fgets($this->output));
    }
}
