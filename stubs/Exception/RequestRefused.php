<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The daemon answered and refused; the error code says why. Nothing was changed.
 */
final class RequestRefused extends PlatenException
{
    public string $errorCode = 'invalid_request';
}
