<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Client;
use Platen\Exception\DaemonUnavailable;
use Platen\Exception\InternalError;
use Platen\Exception\InvalidInput;
use Platen\Exception\RequestRefused;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\Job\Receipt;
use Platen\Options;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\FakeDaemon;

use function Platen\budget_reserve;
use function Platen\budget_settle;
use function Platen\rate_limit;
use function Platen\runtime_info;
use function Platen\submit;
use function Platen\submit_many;
use function Platen\wait;

/**
 * The hand-off beyond one durable job, over a real socket against a scripted peer.
 */
final class HandOffTest extends TestCase
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

    public function testAnAcceptedJobHasItsOwnRequestAndAPushHasNoAnswer(): void
    {
        $receipt = ['job_id' => self::ID, 'status' => 'queued', 'is_duplicate' => false];
        $daemon = FakeDaemon::start([['tag' => 0x82, 'body' => $receipt], [], self::PONG]);
        $client = $this->client($daemon->socket);

        self::assertSame(self::ID, $client->accept(['id' => self::ID])->jobId->value);
        $client->push(['id' => self::ID]);
        self::assertSame('9.9', $client->ping()->version);

        $requests = [$daemon->request(), $daemon->request(), $daemon->request()];
        self::assertSame([0x08, 0x09, 0x01], array_column($requests, 'tag'));
        self::assertEquals(['site' => 'main', 'job' => ['id' => self::ID]], $requests[1]['body']);
        self::assertSame([1, 1, 1], array_column($requests, 'connection'));
    }

    public function testAPushToNobodyIsToldAtOnce(): void
    {
        $client = $this->client(FakeDaemon::path());

        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', static fn () => $client->push([]));
    }

    public function testAPushToOneWhoReadsNothingIsToldWhenTheBufferIsFull(): void
    {
        $path = FakeDaemon::path();
        $listener = stream_socket_server('unix://' . $path);
        self::assertNotFalse($listener);
        $client = $this->client($path);
        $job = ['id' => str_repeat('x', 2048)];

        $push = static function () use ($client, $job): void {
            for ($i = 0; $i < 10_000; ++$i) {
                $client->push($job);
            }
        };
        self::expectFailure(DaemonUnavailable::class, 'busy', $push);
        fclose($listener);
        unlink($path);
    }

    public function testARefusedPushIsToldByTheNextOne(): void
    {
        $refusal = ['tag' => 0xFF, 'body' => ['code' => 'unknown_request', 'message' => 'no'], 'close' => true];
        $daemon = FakeDaemon::start([$refusal, self::PONG]);
        $client = $this->client($daemon->socket);
        $client->push([]);
        for ($i = 0; $i < 200 && runtime_info()['connection']['is_open']; ++$i) {
            usleep(10_000);
        }

        self::expectFailure(RequestRefused::class, 'unknown_request', static fn () => $client->push([]));
        self::assertSame('9.9', $client->ping()->version);
    }

    public function testABatchHasAResultForEachJob(): void
    {
        $receipt = ['job_id' => self::ID, 'status' => 'queued', 'is_duplicate' => false];
        $refusal = ['code' => 'idempotency_conflict', 'message' => 'other work'];
        $daemon = FakeDaemon::start([['tag' => 0x8A, 'body' => ['receipts' => [$receipt, $refusal]]]]);

        [$first, $second] = $this->client($daemon->socket)->submitMany([['id' => 'a'], ['id' => 'b']]);

        self::assertInstanceOf(Receipt::class, $first);
        self::assertInstanceOf(RequestRefused::class, $second);
        self::assertSame(['idempotency_conflict', 'other work'], [$second->errorCode, $second->getMessage()]);
        $request = $daemon->request();
        self::assertEquals(['site' => 'main', 'jobs' => [['id' => 'a'], ['id' => 'b']]], $request['body']);
        self::assertSame(0x0A, $request['tag']);
    }

    public function testABatchWithTooFewResultsIsNotTaken(): void
    {
        $daemon = FakeDaemon::start([['tag' => 0x8A, 'body' => ['receipts' => []]]]);
        $client = $this->client($daemon->socket);

        self::expectFailure(InternalError::class, 'internal', static fn () => $client->submitMany([[]]));
    }

    public function testAWaitMayTakeItsTimeAndTheDeadlineTogether(): void
    {
        $daemon = FakeDaemon::start([['after_ms' => 150, 'tag' => 0x83, 'body' => self::JOB]]);

        $job = $this->client($daemon->socket, 100)->wait(JobId::fromString(self::ID), 2000);

        self::assertSame(JobStatus::Succeeded, $job->status);
        $body = $daemon->request()['body'];
        ksort($body);
        self::assertSame(['job_id' => self::ID, 'site' => 'main', 'wait_ms' => 2000], $body);
    }

    public function testABudgetIsReservedAndSettled(): void
    {
        $held = [
            'is_allowed' => true,
            'reservation_id' => 'r-1',
            'remaining' => 40,
            'retry_after_ms' => 0,
            'expires_at' => '2026-11-20T16:00:00.000000Z',
            'is_duplicate' => false,
        ];
        $settled = ['reservation_id' => 'r-1', 'amount' => 55, 'spent' => 55, 'is_duplicate' => false];
        $refused = ['is_allowed' => false, 'expires_at' => null, 'retry_after_ms' => 9] + $held;
        $replies = [0x8C => $held, 0x8D => $settled];
        $steps = [
            ['tag' => 0x8C, 'body' => $replies[0x8C]],
            ['tag' => 0x8D, 'body' => $replies[0x8D]],
            ['tag' => 0x8C, 'body' => $refused],
        ];
        $daemon = FakeDaemon::start($steps);
        $client = $this->client($daemon->socket);

        $reservation = $client->reserve('user:1', 60, 100, 'day', 'tokens', 'r-1');
        $settlement = $client->settle('r-1', 55);
        $again = $client->reserve('user:1', 60, 100);

        self::assertTrue($reservation->isAllowed);
        self::assertSame(['r-1', 40, 1795190400], [
            $reservation->reservationId,
            $reservation->remaining,
            $reservation->expiresAt?->getTimestamp(),
        ]);
        self::assertSame([55, 55, false], [$settlement->amount, $settlement->spent, $settlement->isDuplicate]);
        self::assertSame([false, 9, null], [$again->isAllowed, $again->retryAfterMs, $again->expiresAt]);
        $body = $daemon->request()['body'];
        ksort($body);
        self::assertSame([60, 'user:1', 100, 'day', 'r-1', 'main', 600, 'tokens'], array_values($body));
        $daemon->request();
        self::assertMatchesRegularExpression('/\A[0-9a-f]{32}\z/', $daemon->request()['body']['reservation_id']);
    }

    public function testADaemonDescribesItself(): void
    {
        $body = self::PONG['body'] + ['limits' => ['batch_jobs' => 256], 'models' => ['default'], 'features' => ['wait']];
        $daemon = FakeDaemon::start([['tag' => 0x8E, 'body' => $body]]);

        $description = $this->client($daemon->socket)->describe();

        self::assertSame(['9.9', 256], [$description->daemon->version, $description->limits['batch_jobs']]);
        self::assertSame([true, false], [$description->has('wait'), $description->has('flying')]);
    }

    public function testARequestThatCountsIsNotSentTwice(): void
    {
        $daemon = FakeDaemon::start([self::PONG, ['close' => true], self::PONG]);
        $client = $this->client($daemon->socket);
        $client->ping();

        $take = static fn () => $client->rateLimit('k', 5, 1000);
        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', $take);
    }

    public function testARequestThatChangesNothingTwiceIsSentAgain(): void
    {
        $daemon = FakeDaemon::start([self::PONG, ['close' => true], ['tag' => 0x83, 'body' => self::JOB]]);
        $client = $this->client($daemon->socket);
        $client->ping();

        self::assertSame(JobStatus::Succeeded, $client->status(JobId::fromString(self::ID))->status);
    }

    /** @return array<string, array{callable(): mixed}> */
    public static function senselessArguments(): array
    {
        return [
            'an unknown ack' => [static fn () => submit('main', [], 50, 'later')],
            'no jobs' => [static fn () => submit_many('main', [])],
            'too many jobs' => [static fn () => submit_many('main', array_fill(0, 257, []))],
            'a job that is no array' => [static fn () => submit_many('main', [[], 'x'])],
            'a wait without end' => [static fn () => wait('main', 'x', 60_001)],
            'a rate key without text' => [static fn () => rate_limit('main', '', 1, 1000)],
            'a cost over the limit' => [static fn () => rate_limit('main', 'k', 1, 1000, 2)],
            'a window of years' => [static fn () => rate_limit('main', 'k', 1, PHP_INT_MAX)],
            'a negative amount' => [static fn () => budget_reserve('main', 'k', -1, 1)],
            'an amount past 53 bits' => [static fn () => budget_settle('main', 'r', 1 << 53)],
            'an unknown period' => [static fn () => budget_reserve('main', 'k', 1, 1, 'year')],
            'an unknown unit' => [static fn () => budget_reserve('main', 'k', 1, 1, 'day', 'euro')],
            'a time to live of nothing' => [static fn () => budget_reserve('main', 'k', 1, 1, ttl_s: 0)],
        ];
    }

    /**
     * @dataProvider senselessArguments
     * @param callable(): mixed $call
     */
    public function testASenselessArgumentIsRefusedBeforeAnythingIsSent(callable $call): void
    {
        self::expectFailure(InvalidInput::class, 'invalid_request', $call);
    }

    public function testAProcessTellsOfItsConnection(): void
    {
        $daemon = FakeDaemon::start([self::PONG + ['close' => true], self::PONG]);
        $client = $this->client($daemon->socket);
        $before = runtime_info()['connection'];

        $client->ping();
        $client->ping();

        $after = runtime_info()['connection'];
        self::assertSame([$daemon->socket, true], [$after['socket'], $after['is_open']]);
        self::assertSame(getmypid(), runtime_info()['pid']);
        self::assertGreaterThanOrEqual(1, $after['reconnects']);
        self::assertSame(array_keys($before), array_keys($after));
    }

    private function client(string $socket, int $deadlineMs = 2000): Client
    {
        return new Client(new Options('main', $socket, $deadlineMs));
    }
}
