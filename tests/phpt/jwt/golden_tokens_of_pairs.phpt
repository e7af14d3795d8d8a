--TEST--
The golden tokens of RSA, EC and Ed25519 keys and of key sets are accepted or refused with their code
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'jwt/pairs.json',
    fn (array $case) => $case['claims'] ?? 'InvalidToken ' . $case['error'],
    function (array $case) {
        $keys = isset($case['pem'])
            ? Platen\SigningKey::fromPem($case['pem'], $case['id'] ?? null)
            : Platen\KeySet::fromJwks($case['jwks']);
        $outcome = outcome(fn () => Platen\jwt_decode($case['token'], $keys, $case['checks']));

        return is_string($outcome) ? strstr($outcome, ':', true) : $outcome;
    },
);
--EXPECT--
checked
