--TEST--
A rule or a kind that does not exist is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

echo outcome(fn () => Platen\redact('x', ['kind' => []])), "\n";
echo outcome(fn () => Platen\redact('x', ['kinds' => ['name']])), "\n";
echo outcome(fn () => Platen\redact('x', ['kinds' => 'email'])), "\n";
echo outcome(fn () => Platen\redact('x', ['reversible' => 1])), "\n";
--EXPECT--
InvalidInput invalid_request: the rules are kinds and reversible
InvalidInput invalid_request: the kinds are credentials, secret, email, iban, card, ssn, ip and phone
InvalidInput invalid_request: the rule kinds is a list of names
InvalidInput invalid_request: the rule reversible is true or false
