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
     * @ignore
     */
    public function __construct()
    {
    }

    /**
     * Takes 1 to 64 keys.
     *
     * @param non-empty-array<SigningKey> $keys Each with an id of its own.
     * @throws InvalidKey When a key has no id, or two have the same.
     * @limit 64 keys.
     * @example
     * ```php
     * $keys = Platen\KeySet::fromKeys([
     *     Platen\SigningKey::fromBytes('the old secret of thirty-two bytes', 'old'),
     *     Platen\SigningKey::fromBytes('the new secret of thirty-two bytes', 'new'),
     * ]);
     * $token = Platen\jwt_encode(['sub' => '42', 'exp' => time() + 60], $keys->find('old'));
     * echo Platen\jwt_decode($token, $keys)['sub'];
     * ```
     * ```text
     * 42
     * ```
     */
    public static function fromKeys(array $keys): \Platen\KeySet
    {
    }

    /**
     * Reads a JSON Web Key Set. As RFC 7517 asks, keys that cannot be used here are passed over: other kinds, other
     * uses, malformed ones, those without a `kid`. ids() tells which remain.
     *
     * @param array<string, mixed> $jwks What json_decode() with `true` makes of the set.
     * @throws InvalidKey When none remains, `keys` is no list of at most 64, or two have the same id.
     * @throws Exception\InvalidInput When a member has no JSON form or is nested deeper than 64 levels.
     * @link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 (JWK Set)
     * @limit 64 keys.
     * @example
     * ```php
     * $answer = '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "2026",
     *     "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}, {"kty": "unheard-of", "kid": "2"}]}';
     * echo implode(' ', Platen\KeySet::fromJwks(json_decode($answer, true))->ids());
     * ```
     * ```text
     * 2026
     * ```
     */
    public static function fromJwks(#[\SensitiveParameter] array $jwks): \Platen\KeySet
    {
    }

    /**
     * Finds the key with this id.
     * @param string $id The `kid` of a token.
     * @example
     * ```php
     * $keys = Platen\KeySet::fromKeys([
     *     Platen\SigningKey::fromBytes('the old secret of thirty-two bytes', 'old'),
     *     Platen\SigningKey::fromBytes('the new secret of thirty-two bytes', 'new'),
     * ]);
     * echo $keys->find('new')?->algorithm() ?? 'none', ' ', $keys->find('lost')?->algorithm() ?? 'none';
     * ```
     * ```text
     * HS256 none
     * ```
     */
    public function find(string $id): ?\Platen\SigningKey
    {
    }

    /**
     * Lists the ids, in the order of the keys.
     *
     * @return non-empty-list<non-empty-string>
     * @example
     * ```php
     * $keys = Platen\KeySet::fromKeys([
     *     Platen\SigningKey::fromBytes('the old secret of thirty-two bytes', 'old'),
     *     Platen\SigningKey::fromBytes('the new secret of thirty-two bytes', 'new'),
     * ]);
     * echo implode(', ', $keys->ids());
     * ```
     * ```text
     * old, new
     * ```
     */
    public function ids(): array
    {
    }

    /**
     * Gives the public halves as a JSON Web Key Set. Shared secrets are left out.
     *
     * @return array{keys: list<array<string, string>>}
     * @link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 (JWK Set)
     * @example
     * ```php
     * $keys = Platen\KeySet::fromKeys([
     *     Platen\SigningKey::fromBytes('the old secret of thirty-two bytes', 'old'),
     *     Platen\SigningKey::fromBytes('the new secret of thirty-two bytes', 'new'),
     * ]);
     * echo json_encode($keys->toJwks());
     * ```
     * ```text
     * {"keys":[]}
     * ```
     */
    public function toJwks(): array
    {
    }
}
