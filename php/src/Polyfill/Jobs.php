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
    private const MAX_KEY_BYTES = 191;
    private const MAX_WINDOW_MS = 31 * 24 * 3_600_000;
    private const MAX_BATCH_JOBS = 256;
    private const MAX_WAIT_MS = 60_000;
    private const MAX_PAGE_RESULTS = 100;
    private const MAX_TTL_S = 31 * 24 * 3600;
    /** Every language between the parts holds it exactly. */
    private const MAX_AMOUNT = (1 << 53) - 1;
    private const VERSION = '0.1.0';
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
     * @return array<string, mixed>|null
     */
    public static function submit(string $site, array $job, ?int $deadlineMs, string $ack): ?array
    {
        $deadlineMs = self::deadline($deadlineMs);
        $request = match ($ack) {
            'durable' => Tag::Submit,
            'accepted' => Tag::Accept,
            'none' => Tag::Push,
            default => throw Fault::invalidInput(
                sprintf('ack must be durable, accepted or none, it is "%s"', $ack)
            ),
        };
        $body = ['job' => JsonValue::readObject($job, 'job'), 'site' => $site];
        if ($request !== Tag::Push) {
            return self::call($request, $body, $deadlineMs);
        }
        self::socket()->push($request, $body);

        return null;
    }

    /**
     * @param array<array<string, mixed>> $jobs
     * @return list<array<string, mixed>>
     */
    public static function submitMany(string $site, array $jobs, ?int $deadlineMs): array
    {
        $deadlineMs = self::deadline($deadlineMs);
        $count = count($jobs);
        if ($count < 1 || $count > self::MAX_BATCH_JOBS) {
            throw Fault::invalidInput(sprintf('jobs must be 1 to %d, they are %d', self::MAX_BATCH_JOBS, $count));
        }
        $objects = [];
        foreach (array_values($jobs) as $place => $job) {
            if (!is_array($job)) {
                throw Fault::invalidInput("job $place is not an array");
            }
            $objects[] = JsonValue::readObject($job, 'job');
        }
        $reply = self::call(Tag::SubmitMany, ['jobs' => $objects, 'site' => $site], $deadlineMs);
        $receipts = $reply['receipts'] ?? null;
        if (!is_array($receipts) || count($receipts) !== $count) {
            throw Fault::internal("the daemon's answer does not belong to the request");
        }

        return array_values($receipts);
    }

    /** @return array<string, mixed> */
    public static function wait(string $site, string $jobId, int $ms, ?int $deadlineMs): array
    {
        self::requireRange('ms', $ms, 0, self::MAX_WAIT_MS);
        $body = ['job_id' => $jobId, 'site' => $site, 'wait_ms' => $ms];

        // The daemon answers when the time is over; the deadline is what its answer may take after that.
        return self::socket()->call(Tag::Wait, $body, $ms + self::deadline($deadlineMs));
    }

    /** @return array<string, mixed> */
    public static function results(string $site, int $since, int $limit, int $waitMs, ?int $deadlineMs): array
    {
        self::requireRange('since', $since, 0, PHP_INT_MAX);
        self::requireRange('limit', $limit, 0, self::MAX_PAGE_RESULTS);
        self::requireRange('wait_ms', $waitMs, 0, self::MAX_WAIT_MS);
        $body = ['limit' => $limit, 'since' => $since, 'site' => $site, 'wait_ms' => $waitMs];

        return self::socket()->call(Tag::Results, $body, $waitMs + self::deadline($deadlineMs));
    }

    /** @return array<string, mixed> */
    public static function readAnswer(string $site, string $jobId, int $offset, ?int $deadlineMs): array
    {
        self::requireRange('offset', $offset, 0, PHP_INT_MAX);
        $body = ['job_id' => $jobId, 'offset' => $offset, 'site' => $site];

        return self::call(Tag::ReadAnswer, $body, $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function describe(?int $deadlineMs): array
    {
        return self::call(Tag::Describe, [], $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function reserve(
        string $site,
        string $key,
        int $amount,
        int $limit,
        string $period,
        string $unit,
        ?string $reservationId,
        int $ttlS,
        ?int $deadlineMs
    ): array {
        self::requireRange('amount', $amount, 0, self::MAX_AMOUNT);
        self::requireRange('limit', $limit, 0, self::MAX_AMOUNT);
        self::requireWord('period', $period, ['hour', 'day', 'month']);
        self::requireRange('ttl_s', $ttlS, 1, self::MAX_TTL_S);
        self::requireWord('unit', $unit, ['microusd', 'tokens']);
        $body = [
            'amount' => $amount,
            'key' => $key,
            'limit' => $limit,
            'period' => $period,
            'reservation_id' => $reservationId ?? bin2hex(random_bytes(16)),
            'site' => $site,
            'ttl_s' => $ttlS,
            'unit' => $unit,
        ];

        return self::call(Tag::Reserve, $body, $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function settle(string $site, string $reservationId, int $amount, ?int $deadlineMs): array
    {
        self::requireRange('amount', $amount, 0, self::MAX_AMOUNT);
        $body = ['amount' => $amount, 'reservation_id' => $reservationId, 'site' => $site];

        return self::call(Tag::Settle, $body, $deadlineMs);
    }

    /** @return array<string, mixed> */
    public static function runtime(): array
    {
        $socket = self::socket();

        return [
            'version' => self::VERSION,
            'protocol' => 1,
            'pid' => (int) getmypid(),
            'connection' => ['socket' => Socket::path()] + $socket->state(),
            'limits' => ['path' => '', 'state' => 'unsupported', 'decisions' => 0],
            'cache' => ['path' => ''],
            'token_cache_bytes' => 0,
            'default_model' => Configuration::text('platen.default_model', ''),
            'preloaded_encodings' => [],
        ];
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
        self::requireQuota($key, $limit, $windowMs, $cost);
        $body = ['site' => $site, 'key' => $key, 'limit' => $limit, 'window_ms' => $windowMs, 'cost' => $cost];

        return self::call(Tag::RateLimit, $body, $deadlineMs);
    }

    /**
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     */
    private static function call(Tag $request, array $body, ?int $deadlineMs): array
    {
        return self::socket()->call($request, $body, self::deadline($deadlineMs));
    }

    private static function deadline(?int $deadlineMs): int
    {
        $deadlineMs ??= Configuration::milliseconds('platen.deadline_ms', self::DEFAULT_DEADLINE_MS);
        self::requireRange('deadline_ms', $deadlineMs, 1, self::MAX_DEADLINE_MS);

        return $deadlineMs;
    }

    /** What the daemon would refuse as well. */
    private static function requireQuota(string $key, int $limit, int $windowMs, int $cost): void
    {
        $problem = match (true) {
            $key === '' || strlen($key) > self::MAX_KEY_BYTES => 'a rate key is 1 to 191 bytes',
            $windowMs > self::MAX_WINDOW_MS => 'a rate window is 1 ms to 31 days',
            $cost > $limit => 'a request cannot cost more than the whole limit',
            default => null,
        };
        if ($problem !== null) {
            throw Fault::invalidInput($problem);
        }
    }

    /** @param list<string> $words */
    private static function requireWord(string $name, string $value, array $words): void
    {
        if (!in_array($value, $words, true)) {
            throw Fault::invalidInput(sprintf('%s must be one of %s, it is "%s"', $name, implode(', ', $words), $value));
        }
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
