<?php

declare(strict_types=1);

namespace Platen\Transport;

/**
 * The peer closed a connection before it answered, as a restarted daemon does with those it left open.
 *
 * @internal Never leaves this namespace.
 */
final class Disconnected extends \RuntimeException
{
    /** @param bool $wasSent Whether the peer may have read the whole request. */
    public function __construct(public readonly bool $wasSent)
    {
        parent::__construct('the peer closed the connection');
    }
}
