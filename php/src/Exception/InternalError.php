<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A fault of Platen itself; or, as `extension_required`, something that the polyfill cannot do.
 */
final class InternalError extends PlatenException
{
    public string $errorCode = 'internal';
}
