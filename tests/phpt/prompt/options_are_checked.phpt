--TEST--
An option that does not exist is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

foreach ([['spaces' => 1], ['version' => 2], ['version' => '1'], ['whitespace' => true], ['case' => null], ['fold']] as $options) {
    echo outcome(fn () => Platen\prompt_hash('x', $options)), "\n";
}
--EXPECT--
InvalidInput invalid_request: the options are version, whitespace and case
InvalidInput invalid_request: the option version is 1
InvalidInput invalid_request: the option version is 1
InvalidInput invalid_request: the option whitespace is exact or collapse
InvalidInput invalid_request: the option case is exact or fold
InvalidInput invalid_request: the options are version, whitespace and case
