--TEST--
A lone surrogate is no UTF-8 and counts as U+FFFD for each of its bytes
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

foreach (["\xed\xa0\x80", "\xed\xbf\xbf"] as $surrogate) {
    echo Platen\count_tokens("a{$surrogate}b", 'gpt-4o') === Platen\count_tokens("a\u{fffd}\u{fffd}\u{fffd}b", 'gpt-4o') ? 'same' : 'other', "\n";
}
echo json_decode('"\\ud800"') === null ? 'refused by json_decode' : 'taken', "\n";
echo outcome(fn () => Platen\count_message_tokens([['role' => 'user', 'content' => "\xed\xa0\x80"]], 'gpt-4o')), "\n";
--EXPECT--
same
same
refused by json_decode
InvalidInput invalid_request: message 0 has a content that is not UTF-8 text
