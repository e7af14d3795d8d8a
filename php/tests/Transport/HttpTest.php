<?php

declare(strict_types=1);

namespace Platen\Tests\Transport;

use PHPUnit\Framework\TestCase;
use Platen\Exception\DaemonUnavailable;
use Platen\Exception\RequestRefused;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\Job\Receipt;
use Platen\Tests\Fixture\Daemon;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Transport\Http;

/**
 * Jobs over HTTP, with the built daemon.
 */
final class HttpTest extends TestCase
{
    use ExpectsFailures;

    private static ?Daemon $daemon = null;

    public static function setUpBeforeClass(): void
    {
        $binary = Daemon::binary();
        self::$daemon = $binary === null ? null : new Daemon($binary);
    }

    public static function tearDownAfterClass(): void
    {
        self::$daemon?->stop();
        self::$daemon = null;
    }

    public function testAJobIsTakenOnceAndItsAnswerComes(): void
    {
        $http = $this->http();

        $receipt = $http->submit(self::question('once', 'Grüße?'));
        $again = $http->submit(self::question('once', 'Grüße?'));

        self::assertFalse($receipt->isDuplicate);
        self::assertTrue($again->isDuplicate);
        self::assertTrue($receipt->jobId->equals($again->jobId));
        $until = hrtime(true) + 20_000_000_000;
        do {
            $job = $http->status($receipt->jobId);
        } while ($job->status !== JobStatus::Succeeded && hrtime(true) < $until);
        self::assertSame(JobStatus::Succeeded, $job->status);
        self::assertNotSame('', $job->result['text'] ?? '');
        self::expectFailure(RequestRefused::class, 'invalid_transition', fn () => $http->cancel($receipt->jobId));
    }

    public function testAJobThatIsNotDueIsCancelled(): void
    {
        $http = $this->http();
        $later = gmdate('Y-m-d\TH:i:s\Z', time() + 3600);

        $receipt = $http->submit(['run_at' => $later] + self::question('later', '?'));

        self::assertSame(JobStatus::Cancelled, $http->cancel($receipt->jobId)->status);
    }

    public function testABatchHasAnAnswerForEachJob(): void
    {
        $answers = $this->http()->submitMany([self::question('batch', '?'), ['kind' => 'none'], self::question('b2', '?')]);

        self::assertInstanceOf(Receipt::class, $answers[0]);
        self::assertInstanceOf(RequestRefused::class, $answers[1]);
        self::assertInstanceOf(Receipt::class, $answers[2]);
    }

    public function testTheDaemonsNoIsAnException(): void
    {
        $http = $this->http();
        $http->submit(self::question('conflict', '?'));
        $unknown = JobId::fromString('0193d2e0-0000-7000-8000-000000000001');
        $stranger = new Http((string) self::$daemon?->url, 'main', str_repeat('x', 32));
        $conflict = fn () => $http->submit(self::question('conflict', '!'));
        self::expectFailure(RequestRefused::class, 'idempotency_conflict', $conflict);
        self::expectFailure(RequestRefused::class, 'job_not_found', fn () => $http->status($unknown));
        self::expectFailure(RequestRefused::class, 'invalid_token', fn () => $stranger->status($unknown));
    }

    public function testNobodyThereIsToldAsSuch(): void
    {
        $http = new Http('http://127.0.0.1:1', 'main', str_repeat('x', 32), 1000);

        self::expectFailure(DaemonUnavailable::class, 'daemon_unavailable', fn () => $http->submit([]));
    }

    private function http(): Http
    {
        if (self::$daemon === null) {
            self::markTestSkipped('the daemon is not built');
        }

        return new Http(self::$daemon->url, 'main', self::$daemon->secret);
    }

    /** @return array<string, mixed> */
    private static function question(string $key, string $text): array
    {
        $message = ['role' => 'user', 'content' => $text];

        return [
            'idempotency_key' => $key,
            'kind' => 'chat',
            'payload' => ['model' => 'default', 'messages' => [$message]],
        ];
    }
}
