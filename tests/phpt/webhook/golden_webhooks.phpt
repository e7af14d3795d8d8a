--TEST--
The golden webhooks are accepted or refused with their code
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'webhook/verify.json',
    fn (array $case) => $case['id'] ?? 'InvalidSignature ' . $case['error'],
    function (array $case) {
        $outcome = outcome(fn () => Platen\webhook_verify(
            base64_decode($case['body_base64']),
            $case['headers'],
            array_map(Platen\SigningKey::fromString(...), $case['keys']),
            $case['tolerance_s'],
            $case['now'],
        ));

        return str_contains($outcome, ': ') ? strstr($outcome, ':', true) : $outcome;
    },
);
--EXPECT--
checked
