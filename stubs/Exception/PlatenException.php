<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The parent of every exception of Platen.
 */
class PlatenException extends \RuntimeException
{
    /** The stable machine-readable code, such as `token_expired`. The message may change; this never does. */
    public string $errorCode = 'internal';
}
