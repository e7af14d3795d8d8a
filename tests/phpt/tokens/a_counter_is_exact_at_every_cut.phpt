--TEST--
A counter has at every cut the count of all that was pushed
--FILE--
<?php
declare(strict_types=1);

$text = str_repeat("Grüße 👩‍👧, don't!\n  12345 ABC漢字def ", 20);
foreach (['gpt-4o', 'gpt-4', 'davinci', 'claude-sonnet-4-5'] as $model) {
    $counter = new Platen\TokenCounter($model);
    for ($end = 0; $end < strlen($text); $end += 7) {
        $counter->push(substr($text, $end, 7));
        $expected = Platen\count_tokens(substr($text, 0, $end + 7), $model);
        if ($counter->count() !== $expected) {
            echo "$model at $end: {$counter->count()} is not $expected\n";
        }
    }
}
echo 'checked';
--EXPECT--
checked
