<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The daemon answered and refused; the error code says why. Nothing was changed.
 *
 * @example
 * ```php
 * try {
 *     Platen\cancel('blog', '0193d2e0-0000-7000-8000-000000000000');
 * } catch (Platen\Exception\RequestRefused $no) {
 *     echo $no->errorCode;
 * }
 * ```
 * ```text
 * job_not_found
 * ```
 */
final class RequestRefused extends PlatenException
{
    public string $errorCode = 'invalid_request';
}
