--TEST--
The golden tokens are made
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'jwt/encode.json',
    fn (array $case) => $case['token'] ?? $case['error'],
    function (array $case) {
        $encode = fn () => Platen\jwt_encode($case['claims'], Platen\SigningKey::fromString($case['key']));

        return code_of($encode) ?: $encode();
    },
);
--EXPECT--
checked
