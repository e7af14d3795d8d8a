--TEST--
The golden signatures are made and verify
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';

use Platen\SigningKey;

check_vectors(
    'hmac/signatures.json',
    fn (array $case) => $case['signatures'],
    function (array $case) {
        $key = SigningKey::fromString($case['key']);
        $data = base64_decode($case['data_base64']);
        $signatures = [];
        foreach ($case['signatures'] as $encoding => $signature) {
            $isValid = Platen\hmac_verify($data, $signature, $key, $encoding);
            $signatures[$encoding] = $isValid ? Platen\hmac_sign($data, $key, $encoding) : 'does not verify';
        }

        return $signatures;
    },
);
--EXPECT--
checked
