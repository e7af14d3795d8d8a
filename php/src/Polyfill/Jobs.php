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
        return self::call(Tag::Submit, ['site' => $site, 'job' => (object) $job], $deadlineMs);
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
        $body = ['site' => $site, 'key' => $key, 'limit' => $limit, 'window_ms' => $windowMs, 'cost' => $cost];

        return self::call(Tag::RateLimit, $body, $deadlineMs);
    }

    /**
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     */
    private static function call(Tag $request, array $body, ?int $deadlineMs): array
    {
        $deadlineMs ??= self::configuredDeadlineMs();
        if ($deadlineMs < 1) {
            throw Fault::invalidInput('a deadline is at least 1 ms');
        }

        return self::socket()->call($request, $body, $deadlineMs);
    }

    private static function socket(): UnixSocket
    {
        $path = Socket::path();
        if (self::$socket === null || self::$path !== $path) {
            self::$socket = new UnixSocket($path);
            self::$path = $path;
        }

        return self::$socket;
    }

    private static function configuredDeadlineMs(): int
    {
        $configured = get_cfg_var('platen.deadline_ms');

        return is_numeric($configured) ? (int) $configured : self::DEFAULT_DEADLINE_MS;
    }
}
