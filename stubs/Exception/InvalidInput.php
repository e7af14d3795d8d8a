<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * An argument is missing, of the wrong shape or out of its range.
 *
 * @example
 * ```php
 * try {
 *     Platen\trim_history([['role' => 'nobody', 'content' => '?']], 1000, 'gpt-4o');
 * } catch (Platen\Exception\InvalidInput $mistake) {
 *     echo $mistake->errorCode;
 * }
 * ```
 * ```text
 * invalid_request
 * ```
 */
final class InvalidInput extends PlatenException
{
    public string $errorCode = 'invalid_request';
}
