<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidKey;

/**
 * Several keys with ids: what jwt_decode() needs while keys rotate. A token must name one of them.
 */
final class KeySet
{
    /**
     * Always throws: a set is made by one of the methods below.
     *
     * @throws \Exception
     */
    public function __construct()
    {
    }

    /**
     * Takes 1 to 64 keys.
     *
     * @param non-empty-array<SigningKey> $keys
     * @throws InvalidKey When a key has no id, or two have the same.
     */
    public static function fromKeys(array $keys): \Platen\KeySet
    {
    }

    /**
     * Reads a JSON Web Key Set. As RFC 7517 asks, keys that cannot be used here are passed over: other kinds, other
     * uses, malformed ones, those without a `kid`. ids() tells which remain.
     *
     * @param array<string, mixed> $jwks
     * @throws InvalidKey When none remains, `keys` is no list of at most 64, or two have the same id.
     * @throws Exception\InvalidInput When a member has no JSON form or is nested deeper than 64 levels.
     */
    public static function fromJwks(#[\SensitiveParameter] array $jwks): \Platen\KeySet
    {
    }

    /**
     * Finds the key with this id.
     */
    public function find(string $id): ?\Platen\SigningKey
    {
    }

    /**
     * Lists the ids, in the order of the keys.
     *
     * @return non-empty-list<non-empty-string>
     */
    public function ids(): array
    {
    }

    /**
     * Gives the public halves as a JSON Web Key Set. Shared secrets are left out.
     *
     * @return array{keys: list<array<string, string>>}
     */
    public function toJwks(): array
    {
    }
}
