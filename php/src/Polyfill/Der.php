<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * As much of DER as is needed to hand the numbers of a JWK to OpenSSL, and to read its signatures.
 *
 * @internal
 */
final class Der
{
    public const RSA = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    public const EC = "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    public const P256 = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    public const ED25519 = "\x06\x03\x2b\x65\x70";

    public static function sequence(string $content): string
    {
        return self::element(0x30, $content);
    }

    /** An integer above zero, from big-endian bytes. */
    public static function positive(string $digits): string
    {
        $digits = ltrim($digits, "\0");

        return self::element(0x02, $digits === '' || ord($digits[0]) >= 0x80 ? "\0" . $digits : $digits);
    }

    public static function bits(string $content): string
    {
        return self::element(0x03, "\0" . $content);
    }

    public static function octets(string $content): string
    {
        return self::element(0x04, $content);
    }

    /** `[0]`, `[1]` … around their content. */
    public static function explicit(int $number, string $content): string
    {
        return self::element(0xa0 + $number, $content);
    }

    /** `SubjectPublicKeyInfo`: what a public key is, and the key. */
    public static function publicKey(string $algorithm, string $key): string
    {
        return self::sequence(self::sequence($algorithm) . self::bits($key));
    }

    public static function pem(string $label, #[\SensitiveParameter] string $der): string
    {
        return "-----BEGIN $label-----\n" . chunk_split(base64_encode($der), 64, "\n") . "-----END $label-----\n";
    }

    /**
     * The two integers of a signature, without leading zeros.
     *
     * @return array{string, string}|null
     */
    public static function readTwoNumbers(string $der): ?array
    {
        $numbers = [];
        $position = 2;
        while ($position + 2 < strlen($der) && $der[$position] === "\x02") {
            $length = ord($der[$position + 1]);
            $numbers[] = ltrim(substr($der, $position + 2, $length), "\0");
            $position += 2 + $length;
        }

        return count($numbers) === 2 ? [$numbers[0], $numbers[1]] : null;
    }

    private static function element(int $tag, string $content): string
    {
        $length = strlen($content);
        $head = match (true) {
            $length < 0x80 => chr($length),
            $length < 0x100 => "\x81" . chr($length),
            default => "\x82" . pack('n', $length),
        };

        return chr($tag) . $head . $content;
    }
}
