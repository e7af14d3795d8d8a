<?php

declare(strict_types=1);

namespace Platen\Tests\Job;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InternalError;
use Platen\Exception\InvalidInput;
use Platen\Job\JobSnapshot;
use Platen\Job\JobStatus;
use Platen\Job\RateDecision;
use Platen\Job\Receipt;
use Platen\Job\Trace;
use Platen\Options;

final class RepliesTest extends TestCase
{
    public function testTheFieldThatIsMissingIsNamed(): void
    {
        $this->expectException(InternalError::class);
        $this->expectExceptionMessage('the daemon sent a receipt without a valid "status"');

        Receipt::fromArray(['job_id' => '0193d2e0-0000-7000-8000-000000000000', 'status' => 'done']);
    }

    public function testATimeThatIsNoneIsNamed(): void
    {
        $this->expectException(InternalError::class);
        $this->expectExceptionMessage('"created_at"');

        JobSnapshot::fromArray([
            'id' => '0193d2e0-0000-7000-8000-000000000000',
            'kind' => 'chat',
            'status' => 'queued',
            'attempt' => 0,
            'request_id' => 'r1',
            'created_at' => 'never',
        ]);
    }

    public function testAHopThatIsNoObjectIsRefused(): void
    {
        $this->expectException(InternalError::class);

        Trace::fromArray([
            'job_id' => '0193d2e0-0000-7000-8000-000000000000',
            'request_id' => 'r1',
            'hops' => ['job.accepted'],
        ]);
    }

    public function testARetryAfterIsRoundedUp(): void
    {
        self::assertSame(0, (new RateDecision(true, 1, 0))->retryAfterSeconds());
        self::assertSame(1, (new RateDecision(false, 0, 1))->retryAfterSeconds());
        self::assertSame(1, (new RateDecision(false, 0, 1000))->retryAfterSeconds());
    }

    public function testOnlyQueuedAndRunningJobsGoOn(): void
    {
        $goOn = array_filter(JobStatus::cases(), static fn (JobStatus $status): bool => !$status->isFinal());

        self::assertSame([JobStatus::Queued, JobStatus::Running], array_values($goOn));
        self::assertSame(['queued', 'running', 'succeeded', 'dead', 'cancelled'], JobStatus::words());
    }

    /** @return array<string, array{string, int}> */
    public static function badOptions(): array
    {
        return [
            'no site' => ['', 50],
            'upper case' => ['Main', 50],
            'a dot first' => ['.main', 50],
            'too long' => [str_repeat('a', 65), 50],
            'no time' => ['main', 0],
        ];
    }

    /** @dataProvider badOptions */
    public function testOptionsThatCannotWorkAreRefused(string $site, int $deadlineMs): void
    {
        $this->expectException(InvalidInput::class);

        new Options($site, null, $deadlineMs);
    }
}
