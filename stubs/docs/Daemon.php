<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * A daemon of its own for the examples, in a temporary folder. It knows the site `blog` and answers without a model.
 */
final class Daemon
{
    private const START_DEADLINE_S = 20;

    private readonly string $folder;
    /** @var resource|null */
    private $process = null;

    public function __construct(private readonly string $program)
    {
        $this->folder = sys_get_temp_dir() . '/platen-examples-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        file_put_contents("{$this->folder}/platend.toml", $this->settings());
        $command = [$program, '--config', "{$this->folder}/platend.toml"];
        $this->await([...$command, 'site', 'add', 'blog', '--url', 'http://127.0.0.1:9']);
        $this->process = $this->start([...$command, 'serve']);
        $this->awaitSocket();
    }

    public function __destruct()
    {
        if ($this->process !== null) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
        $files = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST
        );
        foreach ($files as $file) {
            $file->isDir() ? rmdir((string) $file) : unlink((string) $file);
        }
        rmdir($this->folder);
    }

    /**
     * Runs PHP code beside this daemon, with the library of php/ and a temporary folder, so a cache, of its own.
     *
     * @param list<string> $options Of the command line of PHP.
     */
    public function run(string $code, array $options): string
    {
        $script = tempnam($this->folder, 'example');
        file_put_contents($script, "<?php declare(strict_types=1);\n$code\n");
        mkdir("$script.temporary");
        $settings = [
            'platen.socket' => "{$this->folder}/platend.sock",
            // The examples prove what is printed; a busy machine may take longer than a page would wait.
            'platen.deadline_ms' => '5000',
            'sys_temp_dir' => "$script.temporary",
            'auto_prepend_file' => dirname(__DIR__, 2) . '/php/autoload.php',
            'display_errors' => '1',
            'error_reporting' => '-1',
        ];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }

        return $this->await([PHP_BINARY, ...$options, $script]);
    }

    private function settings(): string
    {
        $free = stream_socket_server('tcp://127.0.0.1:0') ?: throw new \RuntimeException('no port is free');
        $address = stream_socket_get_name($free, false);

        return <<<TOML
            [daemon]
            state_dir = "{$this->folder}/daemon"
            [ipc]
            socket = "{$this->folder}/platend.sock"
            [http]
            listen = "$address"
            [[providers]]
            name = "offline"
            kind = "offline"
            TOML;
    }

    /** @param non-empty-list<string> $command */
    private function await(array $command): string
    {
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        $output = (string) stream_get_contents($pipes[1]);
        $status = proc_close($process);

        return $status === 0 ? $output : "$output\n(ended with $status)";
    }

    /**
     * @param non-empty-list<string> $command
     * @return resource
     */
    private function start(array $command)
    {
        $log = ['file', "{$this->folder}/log", 'w'];

        return proc_open($command, [1 => $log, 2 => $log], $pipes)
            ?: throw new \RuntimeException("cannot start {$this->program}");
    }

    private function awaitSocket(): void
    {
        $end = hrtime(true) + self::START_DEADLINE_S * 1_000_000_000;
        while (@stream_socket_client("unix://{$this->folder}/platend.sock") === false) {
            if (hrtime(true) > $end || !proc_get_status($this->process)['running']) {
                throw new \RuntimeException('the daemon did not start: ' . file_get_contents("{$this->folder}/log"));
            }
            usleep(10_000);
        }
    }
}
