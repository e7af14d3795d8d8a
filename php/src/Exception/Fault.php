<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * Builds the exceptions with their codes, for the classes of the extension and for those of this library alike.
 *
 * @internal
 */
final class Fault
{
    public static function invalidInput(string $message, string $errorCode = 'invalid_request'): InvalidInput
    {
        return self::coded(new InvalidInput($message), $errorCode);
    }

    public static function invalidKey(string $message): InvalidKey
    {
        return self::coded(new InvalidKey($message), 'invalid_key');
    }

    public static function invalidSignature(
        string $message,
        string $errorCode = 'invalid_signature'
    ): InvalidSignature {
        return self::coded(new InvalidSignature($message), $errorCode);
    }

    public static function invalidToken(string $message, string $errorCode = 'invalid_token'): InvalidToken
    {
        return self::coded(new InvalidToken($message), $errorCode);
    }

    /** A token is refused because of one claim. */
    public static function invalidClaim(
        string $claim,
        string $message,
        string $errorCode = 'invalid_token'
    ): InvalidToken {
        $exception = self::invalidToken($message, $errorCode);
        $exception->claim = $claim;

        return $exception;
    }

    public static function unavailable(string $message, string $errorCode = 'daemon_unavailable'): DaemonUnavailable
    {
        return self::coded(new DaemonUnavailable($message), $errorCode);
    }

    public static function refused(string $message, string $errorCode): RequestRefused
    {
        return self::coded(new RequestRefused($message), $errorCode);
    }

    /** Something that cannot be done without the extension. */
    public static function extensionRequired(string $message): InternalError
    {
        return self::internal($message, 'extension_required');
    }

    public static function internal(string $message, string $errorCode = 'internal'): InternalError
    {
        return self::coded(new InternalError($message), $errorCode);
    }

    /**
     * @template T of PlatenException
     * @param T $exception
     * @return T
     */
    private static function coded(PlatenException $exception, string $errorCode): PlatenException
    {
        $exception->errorCode = $errorCode;

        return $exception;
    }
}
