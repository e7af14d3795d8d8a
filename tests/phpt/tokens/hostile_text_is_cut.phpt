--TEST--
Sixteen megabytes of hostile text are cut at either end
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';

foreach (long_texts() as $name => $text) {
    foreach (['start', 'end'] as $from) {
        $part = Platen\truncate_tokens($text, 1000, 'gpt-4o', $from);
        $tokens = Platen\count_tokens($part, 'gpt-4o');
        echo $name, ' ', $tokens <= 1000 && $tokens > 900 ? 'fits' : $tokens, "\n";
    }
}
--EXPECT--
one letter fits
one letter fits
spaces fits
spaces fits
newlines fits
newlines fits
no-break spaces fits
no-break spaces fits
combining marks fits
combining marks fits
joined emoji fits
joined emoji fits
bytes that are no UTF-8 fits
bytes that are no UTF-8 fits
random bytes fits
random bytes fits
