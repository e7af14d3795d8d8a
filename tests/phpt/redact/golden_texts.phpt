--TEST--
The golden texts are redacted and restored
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';

foreach (['found', 'untouched', 'rules'] as $file) {
    check_vectors(
        "redact/$file.json",
        fn (array $case) => [$case['redacted'], $case['findings'], $case['map'], $case['text']],
        function (array $case) {
            $result = Platen\redact($case['text'], $case['rules'] ?? []);
            $restored = $case['rules']['reversible'] ?? true
                ? Platen\restore($result['text'], $result['map'])
                : $case['text'];

            return [$result['text'], $result['findings'], $result['map'], $restored];
        },
    );
}
--EXPECT--
checked
checked
checked
