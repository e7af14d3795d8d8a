<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Polyfill\Base64;
use Platen\Polyfill\Jwk;
use Platen\Polyfill\JsonValue;
use Platen\Polyfill\KeyMaterial;
use Platen\Polyfill\Pem;
use Platen\Polyfill\SecretMaterial;

/**
 * A key for the signing functions: a shared secret, or a key of two halves. It cannot be printed, serialised or cloned
 * into something that can.
 *
 * The extension declares the same class; this one is read only without it.
 */
final class SigningKey
{
    private const MIN_BYTES = 32;
    /** 128 bits, for secrets that another service gave out. */
    private const FOREIGN_MIN_BYTES = 16;
    /** Far above any real key, so a file passed by mistake is noticed. */
    private const MAX_BYTES = 4096;
    /** What Standard Webhooks allows for a secret. */
    private const WEBHOOK_MIN_BYTES = 24;
    private const WEBHOOK_MAX_BYTES = 64;

    private function __construct(private readonly KeyMaterial $material, private readonly ?string $id)
    {
        // Control characters are those of Unicode, U+0080 to U+009F too. What is not UTF-8 does not give 0 either.
        $isId = $id === null || ($id !== '' && strlen($id) <= 255 && preg_match('/[\p{Cc}\x{FFFD}]/u', $id) === 0);
        if (!$isId) {
            throw Fault::invalidKey('the id of a key is 1 to 255 bytes of UTF-8 without control characters');
        }
    }

    /**
     * Takes a key as configuration holds it: `whsec_` with base64 of 24 to 64 bytes, `psk_` with base64url of at
     * least 32 bytes, or else the text's own bytes, at least 32 of them.
     *
     * @throws InvalidKey If it is none of these.
     */
    public static function fromString(#[\SensitiveParameter] string $secret, ?string $id = null): self
    {
        if (str_starts_with($secret, 'whsec_')) {
            $bytes = Base64::decodeEitherPadding(substr($secret, 6))
                ?? throw Fault::invalidKey('a key that begins with whsec_ goes on in base64');

            return self::ofSecret($bytes, self::WEBHOOK_MIN_BYTES, self::WEBHOOK_MAX_BYTES, $id);
        }
        if (str_starts_with($secret, 'psk_')) {
            $secret = Base64::decodeUrl(substr($secret, 4))
                ?? throw Fault::invalidKey('a key that begins with psk_ goes on in base64url without padding');
        }

        return self::ofSecret($secret, self::MIN_BYTES, self::MAX_BYTES, $id);
    }

    /**
     * Takes the letters of another service's secret, whatever they begin with.
     *
     * @throws InvalidKey If they are too few or too many.
     */
    public static function fromBytes(#[\SensitiveParameter] string $secret, ?string $id = null): self
    {
        return self::ofSecret($secret, self::FOREIGN_MIN_BYTES, self::MAX_BYTES, $id);
    }

    /**
     * Reads one PEM key, private or public: RSA, EC on P-256 or Ed25519.
     *
     * @throws InvalidKey If it is none of these.
     */
    public static function fromPem(#[\SensitiveParameter] string $pem, ?string $id = null): self
    {
        return new self(Pem::read($pem), $id);
    }

    /**
     * Reads a JSON Web Key. Its `kid` is the id.
     *
     * @param array<mixed> $jwk
     * @throws InvalidKey If it is none that is known here.
     */
    public static function fromJwk(#[\SensitiveParameter] array $jwk): self
    {
        JsonValue::readObject($jwk, 'JWK');

        return new self(Jwk::read($jwk), Jwk::id($jwk));
    }

    /** The algorithm of this key's tokens. */
    public function algorithm(): string
    {
        return $this->material->algorithm();
    }

    /** The id by which tokens name this key. */
    public function id(): ?string
    {
        return $this->id;
    }

    /**
     * The public half as a JSON Web Key.
     *
     * @return array<string, string>
     * @throws InvalidKey If this key is a shared secret.
     */
    public function toJwk(): array
    {
        $jwk = $this->material->publicJwk() ?? throw Fault::invalidKey('a shared secret has no public half');
        $jwk += ['alg' => $this->algorithm(), 'use' => 'sig'] + ($this->id === null ? [] : ['kid' => $this->id]);
        ksort($jwk, SORT_STRING);

        return $jwk;
    }

    /**
     * What signs and checks.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     */
    public function material(): KeyMaterial
    {
        return $this->material;
    }

    /**
     * HMAC-SHA256 of the data, as raw bytes.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     * @throws InvalidKey If this key is no shared secret.
     */
    public function mac(string $data): string
    {
        return $this->secret()->sign($data);
    }

    /**
     * The shared secret.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     * @throws InvalidKey If this key is none.
     */
    public function secret(): SecretMaterial
    {
        return $this->material instanceof SecretMaterial
            ? $this->material
            : throw Fault::invalidKey('an HMAC needs a shared secret; this key has two halves');
    }

    /** @return array<string, string> What `var_dump` and debuggers may show. */
    public function __debugInfo(): array
    {
        return ['key' => '[redacted]'];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw Fault::invalidKey('a signing key cannot be serialised');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw Fault::invalidKey('a signing key cannot be serialised');
    }

    private function __clone()
    {
    }

    private static function ofSecret(
        #[\SensitiveParameter] string $bytes,
        int $fewest,
        int $most,
        ?string $id
    ): self {
        $length = strlen($bytes);
        if ($length < $fewest) {
            throw Fault::invalidKey("a signing key has at least $fewest bytes, this one has $length");
        }
        if ($length > $most) {
            throw Fault::invalidKey("a signing key has at most $most bytes, this one has $length");
        }

        return new self(new SecretMaterial($bytes), $id);
    }
}
