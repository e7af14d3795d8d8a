<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A token is malformed, forged, expired, or one of its claims does not hold.
 */
final class InvalidToken extends PlatenException
{
    public string $errorCode = 'invalid_token';

    /** The claim that is missing, of the wrong type or not the expected one; empty when it was something else. */
    public string $claim = '';
}
