--TEST--
Four megabytes of hostile text are split
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';

foreach (long_texts(4 * 1024 * 1024) as $name => $text) {
    $parts = Platen\split_tokens($text, 1000, 50, 'gpt-4o');
    $most = max(array_map(fn ($part) => Platen\count_tokens($part, 'gpt-4o'), $parts));
    echo $name, ' ', $most <= 1000 ? 'fits' : $most, "\n";
}
--EXPECT--
one letter fits
spaces fits
newlines fits
no-break spaces fits
combining marks fits
joined emoji fits
bytes that are no UTF-8 fits
random bytes fits
