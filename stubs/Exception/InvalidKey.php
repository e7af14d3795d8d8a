<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A key is missing, too short or not of a documented form. The message never holds the key.
 */
final class InvalidKey extends PlatenException
{
    public string $errorCode = 'invalid_key';
}
