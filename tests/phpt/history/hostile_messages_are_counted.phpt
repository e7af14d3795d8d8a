--TEST--
Sixteen megabytes of hostile text in one message are counted, more is refused
--INI--
memory_limit=3G
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/long-texts.inc';
require __DIR__ . '/../support/outcome.inc';

// The role is text as well.
const MOST_BYTES = 16 * 1024 * 1024 - 4;

foreach (long_texts(MOST_BYTES) as $name => $text) {
    $message = [['role' => 'user', 'content' => $text]];
    echo $name, ' ', outcome(fn () => Platen\count_message_tokens($message, 'gpt-4o') > 0 ? 'counted' : 'nothing'), "\n";
}
$half = str_repeat('a', 9 * 1024 * 1024);
$messages = [['role' => 'user', 'content' => $half], ['role' => 'assistant', 'content' => $half]];
echo outcome(fn () => Platen\count_message_tokens($messages, 'gpt-4o')), "\n";
echo outcome(fn () => Platen\trim_history($messages, 10, 'gpt-4o')), "\n";
--EXPECT--
one letter counted
spaces counted
newlines counted
no-break spaces counted
combining marks counted
joined emoji counted
bytes that are no UTF-8 InvalidInput invalid_request: message 0 has a content that is not UTF-8 text
random bytes InvalidInput invalid_request: message 0 has a content that is not UTF-8 text
InvalidInput payload_too_large: the text of the messages has 18874381 bytes, the limit is 16777216
InvalidInput payload_too_large: the text of the messages has 18874381 bytes, the limit is 16777216
