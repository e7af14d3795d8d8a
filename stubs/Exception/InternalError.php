<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A fault of Platen itself; or, as `extension_required`, something that the polyfill cannot do.
 *
 * @example
 * ```php
 * try {
 *     echo Platen\count_tokens('Hello');
 * } catch (Platen\Exception\InternalError $fault) {
 *     error_log($fault->getMessage()); // report it; the worker goes on
 * }
 * ```
 * ```text
 * %d
 * ```
 */
final class InternalError extends PlatenException
{
    public string $errorCode = 'internal';
}
