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
        $deadlineMs ??= Configuration::milliseconds('platen.deadline_ms', self::DEFAULT_DEADLINE_MS);
        if ($deadlineMs < 1 || $deadlineMs > self::MAX_DEADLINE_MS) {
            throw Fault::invalidInput('a deadline is 1 to ' . self::MAX_DEADLINE_MS . ' ms');
        }

        return self::socket()->call($request, $body, $deadlineMs);
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
