<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Client;
use Platen\Exception\DaemonUnavailable;
use Platen\Exception\InternalError;
use Platen\Exception\PlatenException;
use Platen\Exception\RequestRefused;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\Options;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\FakeDaemon;

/**
 * The calls to the daemon, over a real socket against a scripted peer.
 */
final class JobsTest extends TestCase
{
    use ExpectsFailures;

    private const ID = '0193d2e0-0000-7000-8000-000000000000';
    private const PONG = ['tag' => 0x81, 'body' => ['version' => '9.9', 'protocol' => 1, 'pid' => 7, 'uptime_ms' => 5]];
    private const JOB = [
        'id' => self::ID,
        'kind' => 'chat',
        'status' => 'succeeded',
        'result' => ['text' => 'Grüße', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p'],
        'usage' => null,
        'error' => null,
        'attempt' => 1,
        'request_id' => 'r1',
        'created_at' => '2026-11-20T16:00:00.123456Z',
        'updated_at' => '2026-11-20T16:00:01.000000Z',
    ];

    public function testAPingGivesWhatTheDaemonSaysOfItself(): void
    {
        $daemon = FakeDaemon::start([self::PONG]);

        $info = $this->client($daemon->socket)->ping();

        self::assertSame(['9.9', 1, 7, 5], [$info->version, $info->protocol, $info->pid, $info->uptimeMs]);
        self::assertSame(['connection' => 1, 'tag' => 1, 'body' => []], $daemon->request());
    }

    public function testASubmitSendsSiteAndJobAndGivesAReceipt(): void
    {
        $receipt = ['job_id' => self::ID, 'status' => 'queued', 'is_duplicate' => true];
        $daemon = FakeDaemon::start([['tag' => 0x82, 'body' => $receipt]]);
        $messages = [['role' => 'user', 'content' => 'Grüße/']];
        $job = ['id' => self::ID, 'kind' => 'chat', 'payload' => ['temperature' => 1.0, 'messages' => $messages]];

        $receipt = $this->client($daemon->socket)->submit($job);

        self::assertSame(self::ID, $receipt->jobId->value);
        self::assertSame([JobStatus::Queued, true], [$receipt->status, $receipt->isDuplicate]);
        $request = $daemon->request();
        self::assertSame(2, $request['tag']);
        self::assertEquals(['site' => 'main', 'job' => $job], $request['body']);
    }

    /** @return array<string, array{string, int}> */
    public static function questions(): array
    {
        return ['status' => ['status', 3], 'cancel' => ['cancel', 4], 'retry' => ['retry', 5]];
    }

    /** @dataProvider questions */
    public function testAQuestionAboutAJobGivesASnapshot(string $method, int $tag): void
    {
        $daemon = FakeDaemon::start([['tag' => 0x83, 'body' => self::JOB]]);

        $job = $this->client($daemon->socket)->$method(JobId::fromString(self::ID));

        self::assertSame(JobStatus::Succeeded, $job->status);
        self::assertSame('Grüße', $job->result['text'] ?? null);
        self::assertSame('2026-11-20T16:00:00.123456', $job->createdAt->format('Y-m-d\TH:i:s.u'));
        $request = $daemon->request();
        ksort($request['body']);
        self::assertSame([$tag, ['job_id' => self::ID, 'site' => 'main']], [$request['tag'], $request['body']]);
    }

    public function testATraceGivesTheHopsInTheirOrder(): void
    {
        $hops = [
            ['name' => 'job.accepted', 'at' => '2026-11-20T16:00:00.000001Z', 'detail' => (object) []],
            ['name' => 'provider.called', 'at' => '2026-11-20T16:00:00.000002Z', 'detail' => ['attempt' => 1]],
        ];
        $body = ['job_id' => self::ID, 'request_id' => 'r1', 'hops' => $hops];
        $daemon = FakeDaemon::start([['tag' => 0x86, 'body' => $body]]);

        $trace = $this->client($daemon->socket)->trace(JobId::fromString(self::ID));

        self::assertSame(['job.accepted', 'provider.called'], array_column($trace->hops, 'name'));
        self::assertSame([[], ['attempt' => 1]], array_column($trace->hops, 'detail'));
    }

    public function testAPageOfResultsIsGivenInTypedValues(): void
    {
        $event = ['type' => 'job.succeeded', 'data' => ['job_id' => self::ID]];
        $webhooks = [
            'status' => 'gone', 'since' => '2026-11-20T16:00:00.123456Z', 'waiting' => 3, 'last_error' => 'the site answered 410',
        ];
        $results = [['id' => 'evt_1', 'event' => $event]];
        $page = ['results' => $results, 'cursor' => 7, 'has_more' => true, 'webhooks' => $webhooks];
        $last = ['results' => [], 'cursor' => 7, 'has_more' => false]
            + ['webhooks' => ['status' => 'on', 'since' => null, 'waiting' => 0, 'last_error' => null]];
        $daemon = FakeDaemon::start([['tag' => 0x8F, 'body' => $page], ['tag' => 0x8F, 'body' => $last]]);
        $client = $this->client($daemon->socket);

        $first = $client->results(waitMs: 10);
        $second = $client->results($first->cursor, 0);

        self::assertSame(['evt_1', $event], [$first->results[0]->id, $first->results[0]->event]);
        self::assertSame([7, true, false], [$first->cursor, $first->hasMore, $first->webhooks->isOn()]);
        self::assertSame(['gone', 3], [$first->webhooks->status, $first->webhooks->waiting]);
        self::assertSame('16:00:00.123456', $first->webhooks->since?->format('H:i:s.u'));
        self::assertSame([[], true, null], [$second->results, $second->webhooks->isOn(), $second->webhooks->lastError]);
        $body = ['limit' => 100, 'since' => 0, 'site' => 'main', 'wait_ms' => 10];
        self::assertSame(['connection' => 1, 'tag' => 0x0F, 'body' => $body], $daemon->request());
        self::assertSame(['limit' => 0, 'since' => 7, 'site' => 'main', 'wait_ms' => 0], $daemon->request()['body']);
    }

    public function testALongAnswerIsPutTogetherFromItsParts(): void
    {
        $part = static fn (string $text, int $offset, ?int $next): array => [
            'tag' => 0x90,
            'body' => [
                'job_id' => self::ID, 'text' => $text, 'offset' => $offset, 'next_offset' => $next, 'total_bytes' => 7,
                'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p',
            ],
        ];
        $daemon = FakeDaemon::start([$part('Grü', 0, 4), $part('ße', 4, null), $part('Grü', 0, 3)]);
        $client = $this->client($daemon->socket);

        $answer = $client->answer(JobId::fromString(self::ID));

        self::assertSame(['text' => 'Grüße', 'finish_reason' => 'stop', 'model' => 'm', 'provider' => 'p'], $answer);
        self::assertSame(['job_id' => self::ID, 'offset' => 0, 'site' => 'main'], $daemon->request()['body']);
        self::assertSame(['job_id' => self::ID, 'offset' => 4, 'site' => 'main'], $daemon->request()['body']);
        $this->expectException(InternalError::class);
        $client->answer(JobId::fromString(self::ID));
    }

    /** @return array<string, array{array<string, int>}> */
    public static function questionsOutOfRange(): array
    {
        return [
            'a cursor below zero' => [['since' => -1]],
            'a page that is too long' => [['limit' => 101]],
            'a wait that is too long' => [['waitMs' => 60_001]],
        ];
    }

    /**
     * @dataProvider questionsOutOfRange
     * @param array<string, int> $arguments
     */
    public function testAQuestionOutOfRangeIsNotAsked(array $arguments): void
    {
        $this->expectException(\Platen\Exception\InvalidInput::class);

        $this->client(FakeDaemon::path())->results(...$arguments);
    }

    public function testARateLimitGivesTheWaitingTimeInWholeSeconds(): void
    {
        $body = ['is_allowed' => false, 'remaining' => 0, 'retry_after_ms' => 1001];
        $daemon = FakeDaemon::start([['tag' => 0x87, 'body' => $body]]);

        $decision = $this->client($daemon->socket)->rateLimit('chat:user:1', 30, 300_000);

        self::assertFalse($decision->isAllowed);
        self::assertSame(2, $decision->retryAfterSeconds());
        $request = $daemon->request()['body'];
        ksort($request);
        $expected = ['cost' => 1, 'key' => 'chat:user:1', 'limit' => 30, 'site' => 'main', 'window_ms' => 300_000];
        self::assertSame($expected, $request);
    }

    public function testARefusalKeepsTheCodeOfTheDaemonAndTheConnection(): void
    {
        $refusal = ['tag' => 0xFF, 'body' => ['code' => 'unknown_site', 'message' => 'no such site']];
        $daemon = FakeDaemon::start([$refusal, self::PONG]);
        $client = $this->client($daemon->socket);

        self::expectFailure(RequestRefused::class, 'unknown_site', static fn () => $client->ping());
        $client->ping();

        self::assertSame([1, 1], [$daemon->request()['connection'], $daemon->request()['connection']]);
    }

    public function testNobodyOnTheSocketIsToldAtOnce(): void
    {
        $client = $this->client(FakeDaemon::path());

        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', static fn () => $client->ping());
    }

    public function testADaemonThatHangsCostsTheDeadlineAndNoMore(): void
    {
        $daemon = FakeDaemon::start([['after_ms' => 2000]]);
        $client = $this->client($daemon->socket, 60);

        $startNs = hrtime(true);
        self::expectFailure(DaemonUnavailable::class, 'deadline_exceeded', static fn () => $client->ping());
        $tookMs = (hrtime(true) - $startNs) / 1e6;

        self::assertGreaterThanOrEqual(55, $tookMs);
        self::assertLessThan(500, $tookMs);
    }

    public function testALateReplyIsNeverTheAnswerToTheNextRequest(): void
    {
        $pong = ['version' => 'late', 'protocol' => 1, 'pid' => 1, 'uptime_ms' => 1];
        $late = ['after_ms' => 150, 'tag' => 0x81, 'body' => $pong];
        $daemon = FakeDaemon::start([$late, self::PONG]);

        $hasty = $this->client($daemon->socket, 40);
        self::expectFailure(DaemonUnavailable::class, 'deadline_exceeded', static fn () => $hasty->ping());
        $info = $this->client($daemon->socket)->ping();

        self::assertSame('9.9', $info->version);
    }

    public function testAfterADeadlineTheNextCallsFailAtOnceButAPingAsksAgain(): void
    {
        $daemon = FakeDaemon::start([['after_ms' => 600], self::PONG]);
        $client = $this->client($daemon->socket, 400);
        self::expectFailure(DaemonUnavailable::class, 'deadline_exceeded', static fn () => $client->ping());

        $startNs = hrtime(true);
        $status = static fn () => $client->status(JobId::fromString(self::ID));
        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', $status);
        $tookMs = (hrtime(true) - $startNs) / 1e6;

        self::assertLessThan(300, $tookMs);
        self::assertSame('9.9', $this->client($daemon->socket)->ping()->version);
    }

    public function testAConnectionIsKeptAndARestartOfTheDaemonIsNotNoticed(): void
    {
        $daemon = FakeDaemon::start([self::PONG, self::PONG]);
        $client = $this->client($daemon->socket);
        $client->ping();
        $client->ping();
        self::assertSame([1, 1], [$daemon->request()['connection'], $daemon->request()['connection']]);

        $daemon->stop();
        $restarted = FakeDaemon::start([self::PONG], $daemon->socket);

        self::assertSame('9.9', $client->ping()->version);
        $restarted->stop();
    }

    public function testAConnectionThatIsAlwaysClosedIsTriedOnce(): void
    {
        $daemon = FakeDaemon::start([['close' => true], self::PONG]);
        $client = $this->client($daemon->socket);

        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', static fn () => $client->ping());
    }

    /** @return array<string, array{array<string, mixed>, class-string<PlatenException>}> */
    public static function brokenAnswers(): array
    {
        return [
            'a cut frame' => [['hex' => '000000ff01817b', 'close' => true], DaemonUnavailable::class],
            'a frame over the limit' => [['hex' => 'ffffffff0181'], InternalError::class],
            'another protocol version' => [['hex' => '0000000409817b7d'], DaemonUnavailable::class],
            'another reply' => [['tag' => 0x82, 'body' => []], InternalError::class],
            'a body that is no JSON' => [['hex' => '000000050181786565'], InternalError::class],
        ];
    }

    /**
     * @dataProvider brokenAnswers
     * @param array<string, mixed> $answer
     * @param class-string<PlatenException> $class
     */
    public function testABrokenAnswerIsRefusedAndTheNextCallWorks(array $answer, string $class): void
    {
        $daemon = FakeDaemon::start([$answer, self::PONG]);
        $client = $this->client($daemon->socket);

        try {
            $client->ping();
            self::fail('a broken answer was taken');
        } catch (PlatenException $exception) {
            self::assertInstanceOf($class, $exception);
        }

        self::assertSame('9.9', $client->ping()->version);
    }

    private function client(string $socket, int $deadlineMs = 2000): Client
    {
        return new Client(new Options('main', $socket, $deadlineMs));
    }
}
