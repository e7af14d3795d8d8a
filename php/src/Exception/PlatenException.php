<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The parent of every failure of Platen. The extension declares the same class; this one is read only without it.
 */
class PlatenException extends \RuntimeException
{
    /** The stable machine-readable code, such as `daemon_unavailable`. The text may change; this never does. */
    public string $errorCode = 'internal';
}
