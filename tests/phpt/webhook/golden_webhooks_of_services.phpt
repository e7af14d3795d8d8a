--TEST--
The golden webhooks of Stripe, GitHub, Slack and HubSpot are accepted or refused with their code
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';
require __DIR__ . '/../support/outcome.inc';

check_vectors(
    'webhook/services.json',
    fn (array $case) => $case['id'] ?? 'InvalidSignature ' . $case['error'],
    function (array $case) {
        $outcome = outcome(fn () => Platen\webhook_verify(
            base64_decode($case['body_base64']),
            $case['headers'],
            array_map(fn (string $secret) => Platen\SigningKey::fromBytes($secret), $case['keys']),
            $case['tolerance_s'],
            $case['now'],
            $case['scheme'],
            $case['method'],
            $case['uri'],
        ));

        return str_contains($outcome, ': ') ? strstr($outcome, ':', true) : $outcome;
    },
);
--EXPECT--
checked
