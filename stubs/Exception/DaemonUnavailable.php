<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The daemon cannot be reached, or did not answer before the deadline.
 */
final class DaemonUnavailable extends PlatenException
{
    public string $errorCode = 'daemon_unavailable';
}
