--TEST--
The golden tokens are accepted or refused with their code and class
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'jwt/decode.json',
    fn (array $case) => isset($case['claims'])
        ? $case['claims']
        : ($case['error'] === 'invalid_key' ? 'InvalidKey' : 'InvalidToken') . ' ' . $case['error'],
    function (array $case) {
        $key = Platen\SigningKey::fromString($case['key']);
        $outcome = outcome(fn () => Platen\jwt_decode($case['token'], $key, $case['checks']));
        if (is_array($outcome)) {
            ksort($outcome);
        }

        return is_string($outcome) ? strstr($outcome, ':', true) : $outcome;
    },
);
--EXPECT--
checked
