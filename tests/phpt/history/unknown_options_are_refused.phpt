--TEST--
An option that does not exist or has another type is refused
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$with = fn (array $options) => outcome(fn () => Platen\trim_history([], 1, options: $options));
echo $with(['keep_last' => 1]), "\n";
echo $with(['keep_first' => -1]), "\n";
echo $with(['summary' => 1]), "\n";
echo $with(['truncate' => 'yes']), "\n";
--EXPECT--
InvalidInput invalid_request: the options are keep_first, summary and truncate; there is no option 'keep_last'
InvalidInput invalid_request: the option keep_first must be an integer that is not negative
InvalidInput invalid_request: the option summary must be UTF-8 text
InvalidInput invalid_request: the option truncate must be true or false
