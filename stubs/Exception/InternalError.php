<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A fault of Platen itself.
 */
final class InternalError extends PlatenException
{
    public string $errorCode = 'internal';
}
