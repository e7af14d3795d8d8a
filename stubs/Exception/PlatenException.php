<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The parent of every exception of Platen.
 *
 * @example
 * ```php
 * try {
 *     Platen\status('blog', '0193d2e0-0000-7000-8000-000000000000');
 * } catch (Platen\Exception\PlatenException $failure) {
 *     echo $failure::class, ': ', $failure->errorCode;
 * }
 * ```
 * ```text
 * Platen\Exception\RequestRefused: job_not_found
 * ```
 */
class PlatenException extends \RuntimeException
{
    /** The stable machine-readable code, such as `token_expired`. The message may change; this never does. */
    public string $errorCode = 'internal';
}
