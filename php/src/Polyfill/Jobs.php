<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Transport\Socket;
use Platen\Transport\Tag;
use Platen\Transport\UnixSocket;

/**
 * The hand-off of jobs and the questions about them, over the daemon's Unix socket.
 *
 * @internal
 */
final class Jobs
{
    private const DEFAULT_DEADLINE_MS = 50;
    /** The longest wait that is allowed in a web request. */
    private const MAX_DEADLINE_MS = 60_000;
    private const MAX_U32 = 0xFFFF_FFFF;
    private const DEFAULT_RETRY_AFTER_MS = 1000;

    private static ?UnixSocket $socket = null;
    private static string $path = '';

    /** @return array<string, mixed> */
    public static function ping(?int $deadlineMs): array
    {
        return self::call(Tag::Ping, [], $deadlineMs);
    }

    /**
     * @param array<string, mixed> $job
     * @return array<string, mixed>
     */
    public static function submit(string $site, array $job, ?int $deadlineMs): array
    {
        return self::call(Tag::Submit, ['site' => $site, 'job' => JsonValue::readObject($job, 'job')], $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function about(Tag $request, string $site, string $jobId, ?int $deadlineMs): array
    {
        return self::call($request, ['site' => $site, 'job_id' => $jobId], $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function rateLimit(
        string $site,
        string $key,
        int $limit,
        int $windowMs,
        int $cost,
        ?int $deadlineMs
    ): array {
        self::requireRange('limit', $limit, 1, self::MAX_U32);
        self::requireRange('window_ms', $windowMs, 1, PHP_INT_MAX);
        self::requireRange('cost', $cost, 0, self::MAX_U32);
        $body = ['site' => $site, 'key' => $key, 'limit' => $limit, 'window_ms' => $windowMs, 'cost' => $cost];

        return self::call(Tag::RateLimit, $body, $deadlineMs);
    }

    /**
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     */
    private static function call(Tag $request, array $body, ?int $deadlineMs): array
    {
        $deadlineMs ??= Configuration::milliseconds('platen.deadline_ms', self::DEFAULT_DEADLINE_MS);
        self::requireRange('deadline_ms', $deadlineMs, 1, self::MAX_DEADLINE_MS);

        return self::socket()->call($request, $body, $deadlineMs);
    }

    private static function requireRange(string $name, int $value, int $from, int $to): void
    {
        if ($value < $from || $value > $to) {
            throw Fault::invalidInput("$name must be from $from to $to, it is $value");
        }
    }

    private static function socket(): UnixSocket
    {
        $path = Socket::path();
        if (self::$socket === null || self::$path !== $path) {
            self::$socket = new UnixSocket(
                $path,
                Configuration::milliseconds('platen.retry_after_ms', self::DEFAULT_RETRY_AFTER_MS)
            );
            self::$path = $path;
        }

        return self::$socket;
    }
}
