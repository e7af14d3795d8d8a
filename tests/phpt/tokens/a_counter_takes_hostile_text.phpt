--TEST--
A counter takes sixteen megabytes of hostile text in small parts
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';

foreach (long_texts() as $name => $text) {
    $counter = new Platen\TokenCounter('gpt-4o');
    for ($place = 0; $place < strlen($text); $place += 65_521) {
        $counter->push(substr($text, $place, 65_521));
    }
    echo $name, ' ', $counter->count() === Platen\count_tokens($text, 'gpt-4o') ? 'the same' : 'another count', "\n";
}
--EXPECT--
one letter the same
spaces the same
newlines the same
no-break spaces the same
combining marks the same
joined emoji the same
bytes that are no UTF-8 the same
random bytes the same
