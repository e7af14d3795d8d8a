<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * Reads the one key of a PEM text (RFC 7468).
 *
 * @internal
 */
final class Pem
{
    private const MAX_BYTES = 16384;
    /** How the bit string of a point of P-256 begins that is written in full. */
    private const UNCOMPRESSED_POINT = "\x03\x42\x00\x04";
    private const PARAMETERS = '/\A[^-]*-----BEGIN EC PARAMETERS-----.*?-----END EC PARAMETERS-----/s';
    private const BLOCK = '/-----BEGIN ([^-]*)-----(.*?)-----END (?:\1)-----/s';

    public static function read(#[\SensitiveParameter] string $text): KeyMaterial
    {
        if (strlen($text) > self::MAX_BYTES) {
            $length = strlen($text);
            throw Fault::invalidKey('a signing key has at most ' . self::MAX_BYTES . " bytes, this one has $length");
        }
        [$label, $der] = self::onlyBlock($text);

        return match ($label) {
            'PRIVATE KEY' => self::fromPkcs8($der),
            'PUBLIC KEY' => self::fromSpki($der),
            'RSA PRIVATE KEY' => OpensslMaterial::fromPem(Der::pem($label, $der), true),
            'EC PRIVATE KEY' => self::fromPrivateEc($label, $der),
            'RSA PUBLIC KEY' => OpensslMaterial::fromPem(
                Der::pem('PUBLIC KEY', Der::publicKey(Der::RSA, $der)),
                false
            ),
            'ENCRYPTED PRIVATE KEY' => throw Fault::invalidKey('the PEM key is encrypted; decrypt it first'),
            default => throw Fault::invalidKey('the PEM text holds something else than a key'),
        };
    }

    /** @return array{string, string} */
    private static function onlyBlock(#[\SensitiveParameter] string $text): array
    {
        // The parameters that `openssl ecparam -genkey` writes before the key, which names them itself.
        $text = (string) preg_replace(self::PARAMETERS, '', $text);
        if (preg_match(self::BLOCK, $text, $match) !== 1) {
            throw Fault::invalidKey('the PEM text is malformed');
        }
        if (substr_count($text, '-----BEGIN ') > 1) {
            throw Fault::invalidKey('the PEM text holds more than one key');
        }
        if (str_contains($match[2], 'Proc-Type:')) {
            throw Fault::invalidKey('the PEM key is encrypted; decrypt it first');
        }
        $bare = (string) preg_replace('/[ \t\n\f\r]/', '', $match[2]);
        $der = base64_decode($bare, true);
        if ($der === false || base64_encode($der) !== $bare) {
            throw Fault::invalidKey('the PEM text is malformed');
        }

        return [$match[1], $der];
    }

    private static function fromPkcs8(#[\SensitiveParameter] string $der): KeyMaterial
    {
        $prefix = "\x30\x2e\x02\x01\x00\x30\x05" . Der::ED25519 . "\x04\x22\x04\x20";
        if (strlen($der) === 48 && str_starts_with($der, $prefix)) {
            return SodiumMaterial::fromSeed(substr($der, 16));
        }

        return str_contains(substr($der, 0, 32), Der::EC)
            ? self::fromPrivateEc('PRIVATE KEY', $der)
            : OpensslMaterial::fromPem(Der::pem('PRIVATE KEY', $der), true);
    }

    /** OpenSSL would make up a missing public half, the extension cannot. */
    private static function fromPrivateEc(string $label, #[\SensitiveParameter] string $der): KeyMaterial
    {
        $material = OpensslMaterial::fromPem(Der::pem($label, $der), true);
        if (!str_contains($der, self::UNCOMPRESSED_POINT)) {
            throw Fault::invalidKey('the private EC key lacks its public half');
        }

        return $material;
    }

    private static function fromSpki(string $der): KeyMaterial
    {
        $prefix = "\x30\x2a\x30\x05" . Der::ED25519 . "\x03\x21\x00";
        if (strlen($der) === 44 && str_starts_with($der, $prefix)) {
            return SodiumMaterial::fromPublic(substr($der, 12));
        }
        if (str_contains(substr($der, 0, 32), Der::EC . Der::P256) && !str_contains($der, self::UNCOMPRESSED_POINT)) {
            throw Fault::invalidKey('the EC key is not an uncompressed point of P-256');
        }

        return OpensslMaterial::fromPem(Der::pem('PUBLIC KEY', $der), false);
    }
}
