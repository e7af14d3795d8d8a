<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\PlatenException;
use Platen\Job\DaemonInfo;
use Platen\Job\JobId;
use Platen\Job\JobSnapshot;
use Platen\Job\RateDecision;
use Platen\Job\Receipt;
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

        return Receipt::fromArray(submit($this->options->site, $job, $this->options->deadlineMs));
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
