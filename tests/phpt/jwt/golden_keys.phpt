--TEST--
The golden keys are read from PEM and JWK, or refused with their code
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'jwt/keys.json',
    function (array $case) {
        $public = $case['public'] ?? [];
        ksort($public, SORT_STRING);

        return isset($case['error']) ? 'InvalidKey ' . $case['error'] : [$case['algorithm'], $case['id'] ?? null, $public];
    },
    function (array $case) {
        $outcome = outcome(function () use ($case) {
            $key = isset($case['pem'])
                ? Platen\SigningKey::fromPem($case['pem'], $case['id'] ?? null)
                : Platen\SigningKey::fromJwk($case['jwk']);

            return [$key->algorithm(), $key->id(), isset($case['public']) ? $key->toJwk() : []];
        });

        return is_string($outcome) ? strstr($outcome, ':', true) : $outcome;
    },
);
--EXPECT--
checked
