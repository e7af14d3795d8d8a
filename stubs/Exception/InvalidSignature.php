<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A webhook's signature does not belong to its body, or its time is outside the tolerance.
 *
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('the secret of a GitHub webhook');
 * try {
 *     Platen\webhook_verify('{}', ['x-hub-signature-256' => 'sha256=0'], $key, scheme: 'github');
 * } catch (Platen\Exception\InvalidSignature $forged) {
 *     echo $forged->errorCode; // answer 401
 * }
 * ```
 * ```text
 * invalid_signature
 * ```
 */
final class InvalidSignature extends PlatenException
{
    public string $errorCode = 'invalid_signature';
}
