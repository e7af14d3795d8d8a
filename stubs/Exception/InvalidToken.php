<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * A token is malformed, forged, expired, or one of its claims does not hold.
 *
 * @example
 * ```php
 * $key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so');
 * $token = Platen\jwt_encode(['exp' => time() - 3600], $key);
 * try {
 *     Platen\jwt_decode($token, $key);
 * } catch (Platen\Exception\InvalidToken $refused) {
 *     echo $refused->errorCode, ' ', $refused->claim;
 * }
 * ```
 * ```text
 * token_expired exp
 * ```
 */
final class InvalidToken extends PlatenException
{
    public string $errorCode = 'invalid_token';

    /** The claim that is missing, of the wrong type or not the expected one; empty when it was something else. */
    public string $claim = '';
}
