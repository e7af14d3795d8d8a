<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * An RSA key for `RS256`, or an EC key on P-256 for `ES256`.
 *
 * @internal
 */
final class OpensslMaterial implements KeyMaterial
{
    private const COORDINATE_BYTES = 32;

    /** @param array<string, string> $publicJwk */
    private function __construct(
        private readonly string $algorithm,
        private readonly \OpenSSLAsymmetricKey $public,
        private readonly ?\OpenSSLAsymmetricKey $private,
        private readonly array $publicJwk
    ) {
    }

    /** Takes PEM that is known to be of one key. */
    public static function fromPem(#[\SensitiveParameter] string $pem, bool $isPrivate): self
    {
        if (!function_exists('openssl_sign')) {
            throw Fault::invalidKey('without the extension platen, RSA and EC keys need the extension openssl');
        }
        // An empty passphrase, or OpenSSL would ask for one on a terminal.
        $key = $isPrivate ? openssl_pkey_get_private($pem, '') : openssl_pkey_get_public($pem);
        $details = $key === false ? false : openssl_pkey_get_details($key);
        while (openssl_error_string() !== false) {
            // What OpenSSL says of this key must not turn up in somebody else's errors.
        }
        if ($key === false || $details === false) {
            throw Fault::invalidKey('the key is malformed, or its parts do not belong together');
        }
        $public = $isPrivate ? openssl_pkey_get_public($details['key']) : $key;
        $jwk = self::jwk($details, $isPrivate);
        if ($public === false || $jwk === null) {
            throw Fault::invalidKey('the key is none of RSA with 2048 to 8192 bits, EC on P-256 and Ed25519');
        }
        $algorithm = $jwk['kty'] === 'RSA' ? 'RS256' : 'ES256';
        $material = new self($algorithm, $public, $isPrivate ? $key : null, $jwk);
        $material->requireOneKey();

        return $material;
    }

    public function algorithm(): string
    {
        return $this->algorithm;
    }

    public function sign(string $message): ?string
    {
        if ($this->private === null || !openssl_sign($message, $signature, $this->private, OPENSSL_ALGO_SHA256)) {
            return null;
        }

        return $this->algorithm === 'RS256' ? $signature : self::fixedLength($signature);
    }

    public function verifies(string $message, string $signature): bool
    {
        if ($this->algorithm === 'ES256') {
            if (strlen($signature) !== 2 * self::COORDINATE_BYTES) {
                return false;
            }
            [$r, $s] = str_split($signature, self::COORDINATE_BYTES);
            $signature = Der::sequence(Der::positive($r) . Der::positive($s));
        }

        return openssl_verify($message, $signature, $this->public, OPENSSL_ALGO_SHA256) === 1;
    }

    public function publicJwk(): array
    {
        return $this->publicJwk;
    }

    /** @return array<string, string> What `var_dump` and debuggers may show. */
    public function __debugInfo(): array
    {
        return ['key' => '[redacted]'];
    }

    /**
     * @param array<string, mixed> $details
     * @return array<string, string>|null
     */
    private static function jwk(array $details, bool $isPrivate): ?array
    {
        if ($details['type'] === OPENSSL_KEYTYPE_RSA) {
            $isTaken = $details['bits'] >= 2048 && $details['bits'] <= ($isPrivate ? 4096 : 8192)
                && self::isExponent($details['rsa']['e'], $isPrivate);
            [$n, $e] = [Base64::encodeUrl($details['rsa']['n']), Base64::encodeUrl($details['rsa']['e'])];

            return $isTaken ? ['kty' => 'RSA', 'n' => $n, 'e' => $e] : null;
        }
        if ($details['type'] === OPENSSL_KEYTYPE_EC && $details['ec']['curve_name'] === 'prime256v1') {
            $x = str_pad($details['ec']['x'], self::COORDINATE_BYTES, "\0", STR_PAD_LEFT);
            $y = str_pad($details['ec']['y'], self::COORDINATE_BYTES, "\0", STR_PAD_LEFT);

            return [
                'kty' => 'EC',
                'crv' => 'P-256',
                'x' => Base64::encodeUrl($x),
                'y' => Base64::encodeUrl($y),
            ];
        }

        return null;
    }

    /** The exponents that the extension takes: odd, at most 32 bits, above 1, and with a private key no small ones. */
    private static function isExponent(string $bytes, bool $isPrivate): bool
    {
        $number = strlen($bytes) <= 4 ? (int) hexdec(bin2hex($bytes)) : 0;

        return $number % 2 === 1 && $number >= ($isPrivate ? 65537 : 3);
    }

    /** OpenSSL takes two halves that do not belong together; a signature shows it. */
    private function requireOneKey(): void
    {
        if ($this->private !== null && !$this->verifies('probe', (string) $this->sign('probe'))) {
            throw Fault::invalidKey('the parts of the key do not belong together');
        }
    }

    /** From the two numbers in DER, as OpenSSL writes them, to the 64 bytes of RFC 7518. */
    private static function fixedLength(string $der): ?string
    {
        $numbers = Der::readTwoNumbers($der);
        if ($numbers === null) {
            return null;
        }
        $pad = static fn (string $number): string
            => str_pad($number, self::COORDINATE_BYTES, "\0", STR_PAD_LEFT);

        return $pad($numbers[0]) . $pad($numbers[1]);
    }
}
