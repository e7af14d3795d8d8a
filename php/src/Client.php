<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\Fault;
use Platen\Exception\PlatenException;
use Platen\Exception\RequestRefused;
use Platen\Job\DaemonDescription;
use Platen\Job\DaemonInfo;
use Platen\Job\Fields;
use Platen\Job\JobId;
use Platen\Job\JobSnapshot;
use Platen\Job\RateDecision;
use Platen\Job\Receipt;
use Platen\Job\Reservation;
use Platen\Job\ResultPage;
use Platen\Job\Settlement;
use Platen\Job\Trace;
use Platen\Transport\Socket;

/**
 * Speaks with the daemon for one site, in typed values.
 *
 * Every method calls the native function when the extension is loaded and the polyfill otherwise. It returns within
 * the deadline or throws {@see Exception\DaemonUnavailable}; {@see Exception\RequestRefused} is the daemon's own no.
 */
final class Client
{
    public function __construct(private readonly Options $options)
    {
    }

    /** @throws PlatenException */
    public function ping(): DaemonInfo
    {
        $this->selectSocket();

        return DaemonInfo::fromArray(ping($this->options->deadlineMs));
    }

    /**
     * Hands a job over. When this returns, the job is durable.
     *
     * @param array<string, mixed> $job The `job` of a Submit, see docs/protocol.md.
     * @throws PlatenException
     */
    public function submit(array $job): Receipt
    {
        $this->selectSocket();

        return Receipt::fromArray(submit($this->options->site, $job, $this->options->deadlineMs) ?? []);
    }

    /**
     * Hands a job over and returns when the daemon has it in memory. A crash of the daemon in the next moment loses it:
     * only for jobs that somebody would hand over again.
     *
     * @param array<string, mixed> $job
     * @throws PlatenException
     */
    public function accept(array $job): Receipt
    {
        $this->selectSocket();

        return Receipt::fromArray(
            submit($this->options->site, $job, $this->options->deadlineMs, 'accepted') ?? []
        );
    }

    /**
     * Leaves a job for the daemon without any answer. That it was refused is not told, or by a later push.
     *
     * @param array<string, mixed> $job
     * @throws PlatenException
     */
    public function push(array $job): void
    {
        $this->selectSocket();
        submit($this->options->site, $job, $this->options->deadlineMs, 'none');
    }

    /**
     * Hands several jobs over in one transaction: those with a receipt are durable.
     *
     * @param non-empty-list<array<string, mixed>> $jobs At most 256.
     * @return list<Receipt|RequestRefused> What became of each, in their order. The exceptions are not thrown.
     * @throws PlatenException If nothing became of any.
     */
    public function submitMany(array $jobs): array
    {
        $this->selectSocket();

        return array_map(
            static fn (array $item): Receipt|RequestRefused => isset($item['code'])
                ? Fault::refused((string) ($item['message'] ?? ''), (string) $item['code'])
                : Receipt::fromArray($item),
            submit_many($this->options->site, $jobs, $this->options->deadlineMs)
        );
    }

    /**
     * Waits for the end of a job.
     *
     * @param int $ms At most 60000.
     * @return JobSnapshot The job when it ends, or as it stands when the time is over.
     * @throws PlatenException
     */
    public function wait(JobId $id, int $ms): JobSnapshot
    {
        $this->selectSocket();

        return JobSnapshot::fromArray(wait($this->options->site, $id->value, $ms, $this->options->deadlineMs));
    }

    /**
     * Gives results that the site was not told of yet, and acknowledges those of the last page.
     *
     * @param int $since The cursor of the last page whose results are dealt with; 0 for none.
     * @param int $limit At most 100; 0 only acknowledges and tells how the webhooks stand.
     * @param int $waitMs How long to wait when there is none, at most 60000.
     * @throws PlatenException
     */
    public function results(int $since = 0, int $limit = 100, int $waitMs = 0): ResultPage
    {
        $this->selectSocket();
        $deadlineMs = $this->options->deadlineMs;

        return ResultPage::fromArray(results($this->options->site, $since, $limit, $waitMs, $deadlineMs));
    }

    /**
     * Reads the whole answer of a job that has succeeded, in as many parts as it takes.
     *
     * @return array{text: string, finish_reason: string, model: string, provider: string}
     * @throws PlatenException
     */
    public function answer(JobId $id): array
    {
        $this->selectSocket();
        $text = '';
        do {
            $part = read_answer($this->options->site, $id->value, strlen($text), $this->options->deadlineMs);
            $fields = new Fields($part, 'part of an answer');
            $text .= $fields->string('text');
            $isWhole = strlen($text) >= $fields->int('total_bytes');
            if (!$isWhole && $fields->int('next_offset') !== strlen($text)) {
                throw Fault::internal('the daemon sent a part of another answer');
            }
        } while (!$isWhole);

        return ['text' => $text] + [
            'finish_reason' => $fields->string('finish_reason'),
            'model' => $fields->string('model'),
            'provider' => $fields->string('provider'),
        ];
    }

    /** @throws PlatenException */
    public function describe(): DaemonDescription
    {
        $this->selectSocket();

        return DaemonDescription::fromArray(daemon_info($this->options->deadlineMs));
    }

    /**
     * Holds an amount of a budget until it is settled or expires.
     *
     * @param string $period `hour`, `day` or `month`, of the calendar in UTC.
     * @param string $unit `microusd` or `tokens`.
     * @param string|null $reservationId The same id never holds twice; null makes one.
     * @throws PlatenException
     */
    public function reserve(
        string $key,
        int $amount,
        int $limit,
        string $period = 'month',
        string $unit = 'microusd',
        ?string $reservationId = null,
        int $ttlS = 600
    ): Reservation {
        $this->selectSocket();
        $site = $this->options->site;
        $deadlineMs = $this->options->deadlineMs;

        return Reservation::fromArray(
            budget_reserve($site, $key, $amount, $limit, $period, $unit, $reservationId, $ttlS, $deadlineMs)
        );
    }

    /**
     * Books what a reservation really used. A second time changes nothing.
     *
     * @throws PlatenException
     */
    public function settle(string $reservationId, int $amount): Settlement
    {
        $this->selectSocket();

        return Settlement::fromArray(
            budget_settle($this->options->site, $reservationId, $amount, $this->options->deadlineMs)
        );
    }

    /** @throws PlatenException */
    public function status(JobId $id): JobSnapshot
    {
        $this->selectSocket();

        return JobSnapshot::fromArray(status($this->options->site, $id->value, $this->options->deadlineMs));
    }

    /** @throws PlatenException */
    public function cancel(JobId $id): JobSnapshot
    {
        $this->selectSocket();

        return JobSnapshot::fromArray(cancel($this->options->site, $id->value, $this->options->deadlineMs));
    }

    /**
     * Starts a dead job again.
     *
     * @throws PlatenException
     */
    public function retry(JobId $id): JobSnapshot
    {
        $this->selectSocket();

        return JobSnapshot::fromArray(retry($this->options->site, $id->value, $this->options->deadlineMs));
    }

    /** @throws PlatenException */
    public function trace(JobId $id): Trace
    {
        $this->selectSocket();

        return Trace::fromArray(trace($this->options->site, $id->value, $this->options->deadlineMs));
    }

    /**
     * Takes `cost` of the `limit` requests that a window allows, atomically for all processes.
     *
     * @throws PlatenException
     */
    public function rateLimit(string $key, int $limit, int $windowMs, int $cost = 1): RateDecision
    {
        $this->selectSocket();
        $deadlineMs = $this->options->deadlineMs;

        return RateDecision::fromArray(
            rate_limit($this->options->site, $key, $limit, $windowMs, $cost, $deadlineMs)
        );
    }

    private function selectSocket(): void
    {
        Socket::select($this->options->socket);
    }
}
