<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\Fault;
use Platen\Exception\InvalidKey;
use Platen\Polyfill\JsonValue;

/**
 * Several keys with ids, for tokens while keys rotate.
 *
 * The extension declares the same class; this one is read only without it.
 */
final class KeySet
{
    private const MAX_KEYS = 64;

    /** @param list<SigningKey> $keys */
    private function __construct(private readonly array $keys)
    {
        if ($keys === []) {
            throw Fault::invalidKey('a key set holds at least one usable key');
        }
        if (count($keys) > self::MAX_KEYS) {
            throw Fault::invalidKey('a key set holds at most 64 keys');
        }
        $ids = [];
        foreach ($keys as $key) {
            $ids[] = $key->id() ?? throw Fault::invalidKey('every key of a key set has an id');
        }
        if (count(array_unique($ids)) < count($ids)) {
            throw Fault::invalidKey('two keys of a key set have the same id');
        }
    }

    /**
     * Takes keys that have ids.
     *
     * @param array<mixed> $keys
     * @throws InvalidKey If a key has no id, or two have the same.
     */
    public static function fromKeys(array $keys): self
    {
        foreach ($keys as $key) {
            if (!$key instanceof SigningKey) {
                throw new \TypeError(
                    'Platen\KeySet::fromKeys(): Argument #1 ($keys) must be of type array of Platen\SigningKey'
                );
            }
        }

        return new self(array_values($keys));
    }

    /**
     * Reads a JSON Web Key Set; keys that cannot be used here are passed over.
     *
     * @param array<mixed> $jwks
     * @throws InvalidKey If none remains or two have the same id.
     */
    public static function fromJwks(#[\SensitiveParameter] array $jwks): self
    {
        JsonValue::readObject($jwks, 'JWKS');
        $listed = $jwks['keys'] ?? null;
        if (!is_array($listed) || !array_is_list($listed)) {
            throw Fault::invalidKey('a JWKS has a list named keys');
        }
        if (count($listed) > self::MAX_KEYS) {
            throw Fault::invalidKey('a key set holds at most 64 keys');
        }
        $keys = [];
        foreach (array_filter($listed, 'is_array') as $jwk) {
            try {
                $key = SigningKey::fromJwk($jwk);
            } catch (InvalidKey) {
                continue;
            }
            if ($key->id() !== null) {
                $keys[] = $key;
            }
        }

        return new self($keys);
    }

    /** The key with this id. */
    public function find(string $id): ?SigningKey
    {
        foreach ($this->keys as $key) {
            if ($key->id() === $id) {
                return $key;
            }
        }

        return null;
    }

    /**
     * The ids, in the order of the keys.
     *
     * @return list<string>
     */
    public function ids(): array
    {
        return array_map(static fn (SigningKey $key): string => (string) $key->id(), $this->keys);
    }

    /**
     * The public halves as a JSON Web Key Set. Shared secrets are left out.
     *
     * @return array{keys: list<array<string, string>>}
     */
    public function toJwks(): array
    {
        $pairs = array_filter($this->keys, static fn (SigningKey $key): bool => $key->algorithm() !== 'HS256');

        return ['keys' => array_map(static fn (SigningKey $key): array => $key->toJwk(), array_values($pairs))];
    }

    /**
     * The keys.
     *
     * @internal For the polyfill only; the extension's class does not have it.
     * @return list<SigningKey>
     */
    public function keys(): array
    {
        return $this->keys;
    }

    /** @return array<string, list<string>> What `var_dump` and debuggers may show. */
    public function __debugInfo(): array
    {
        return ['ids' => $this->ids()];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw Fault::invalidKey('a key set cannot be serialised');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw Fault::invalidKey('a key set cannot be serialised');
    }

    private function __clone()
    {
    }
}
