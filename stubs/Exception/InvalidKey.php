<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A key is missing, too short or not of a documented form. The message never holds the key.
 *
 * @example
 * ```php
 * try {
 *     Platen\SigningKey::fromString('too short');
 * } catch (Platen\Exception\InvalidKey $bad) {
 *     echo $bad->errorCode;
 * }
 * ```
 * ```text
 * invalid_key
 * ```
 */
final class InvalidKey extends PlatenException
{
    public string $errorCode = 'invalid_key';
}
