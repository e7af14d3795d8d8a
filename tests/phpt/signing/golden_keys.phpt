--TEST--
The golden keys are taken or refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'hmac/keys.json',
    fn (array $case) => $case['error'] ?? '',
    fn (array $case) => code_of(fn () => Platen\SigningKey::fromString($case['key'])),
);
--EXPECT--
checked
