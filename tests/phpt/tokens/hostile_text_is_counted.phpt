--TEST--
Sixteen megabytes of hostile text are counted, for an exact model and for an estimate
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';

foreach (long_texts() as $name => $text) {
    foreach (['gpt-4o', 'claude-sonnet-4-5'] as $model) {
        $tokens = Platen\count_tokens($text, $model);
        echo $name, ' ', $tokens > 0 && $tokens <= 3 * strlen($text) ? 'counted' : $tokens, "\n";
    }
}
--EXPECT--
one letter counted
one letter counted
spaces counted
spaces counted
newlines counted
newlines counted
no-break spaces counted
no-break spaces counted
combining marks counted
combining marks counted
joined emoji counted
joined emoji counted
bytes that are no UTF-8 counted
bytes that are no UTF-8 counted
random bytes counted
random bytes counted
