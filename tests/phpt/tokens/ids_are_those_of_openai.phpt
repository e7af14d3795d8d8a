--TEST--
The ids of a text's tokens are those that OpenAI's tokenizer gives, and back they are the text
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/vectors.inc';

$models = [
    'o200k_base' => 'gpt-4o', 'o200k_harmony' => 'gpt-oss', 'cl100k_base' => 'gpt-4',
    'p50k_base' => 'text-davinci-003', 'r50k_base' => 'davinci',
];
check_vectors(
    'tokens/ids.json',
    fn ($case) => [$case['ids'], $case['text'], count($case['ids'])],
    fn ($case) => [
        Platen\encode($case['text'], $models[$case['encoding']]),
        Platen\decode($case['ids'], $models[$case['encoding']]),
        Platen\count_tokens($case['text'], $models[$case['encoding']]),
    ],
);
--EXPECT--
checked
