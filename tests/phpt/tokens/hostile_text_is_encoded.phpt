--TEST--
Hostile text of two megabytes is encoded, and decoded to what it was
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';

foreach (long_texts(2 * 1024 * 1024) as $name => $text) {
    $tokens = Platen\encode($text, 'gpt-4o');
    echo $name, ' ', Platen\decode($tokens, 'gpt-4o') === mb_scrub_like($text) ? 'the same' : 'another text', "\n";
}

/** Without mbstring, which the tests run without: what is no UTF-8 becomes U+FFFD. */
function mb_scrub_like(string $text): string
{
    return preg_match('//u', $text) === 1 ? $text : Platen\truncate_tokens($text, PHP_INT_MAX, 'gpt-4o');
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
