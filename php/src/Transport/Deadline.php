<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\Fault;

/**
 * The one end that every wait of a call shares.
 *
 * @internal
 */
final class Deadline
{
    private readonly int $endNs;

    public function __construct(private readonly int $milliseconds)
    {
        $this->endNs = hrtime(true) + $milliseconds * 1_000_000;
    }

    /**
     * The time left, in microseconds; at least 1.
     *
     * @throws DaemonUnavailable If none is left.
     */
    public function remainingUs(): int
    {
        $leftUs = intdiv($this->endNs - hrtime(true), 1000);
        if ($leftUs < 1) {
            throw Fault::unavailable(
                sprintf('the daemon did not answer within %d ms', $this->milliseconds),
                'deadline_exceeded'
            );
        }

        return $leftUs;
    }
}
