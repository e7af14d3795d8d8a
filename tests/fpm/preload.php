<?php

/**
 * Runs once, in the master process, before it forks: all that a preloading site may do there.
 *
 * A parsed key stays in memory that the workers share. Objects do not outlive this script, as always in preloading; a
 * connection and an open cache are not used by the workers, each of which opens its own.
 */

declare(strict_types=1);

final class Preloaded
{
    public static ?Platen\SigningKey $key = null;

    public static function isLinked(): bool
    {
        return Platen\SigningKey::fromBytes('sixteen bytes or more')->algorithm() === 'HS256';
    }
}

Preloaded::$key = Platen\SigningKey::fromPem((string) file_get_contents(__DIR__ . '/../vectors/jwt/keys/ed25519.pem'), 'a');
Platen\jwt_encode(['exp' => 4000000000], Preloaded::$key);
Platen\count_tokens('Hello, world', 'gpt-4o');
Platen\cache_set(Platen\prompt_hash('preloaded'), 'value');
Platen\ping(5000);
