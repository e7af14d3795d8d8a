<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * An argument is missing, of the wrong shape or out of its range.
 */
final class InvalidInput extends PlatenException
{
    public string $errorCode = 'invalid_request';
}
