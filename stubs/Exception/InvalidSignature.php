<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A webhook's signature does not belong to its body, or its time is outside the tolerance.
 */
final class InvalidSignature extends PlatenException
{
    public string $errorCode = 'invalid_signature';
}
