--TEST--
A map whose keys are no placeholders or whose values are no strings is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

foreach ([['EMAIL_1' => 'x'], ['[email]' => 'x'], ['x'], ['[EMAIL_1]' => 1]] as $map) {
    echo outcome(fn () => Platen\restore('[EMAIL_1]', $map)), "\n";
}
--EXPECT--
InvalidInput invalid_request: a map has placeholders such as [EMAIL_1] as keys and strings as values
InvalidInput invalid_request: a map has placeholders such as [EMAIL_1] as keys and strings as values
InvalidInput invalid_request: a map has placeholders such as [EMAIL_1] as keys and strings as values
InvalidInput invalid_request: a map has placeholders such as [EMAIL_1] as keys and strings as values
