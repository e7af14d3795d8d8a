--TEST--
Numbers out of range and bodies over the limit are refused before anything is sent
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

ini_set('platen.socket', '/nonexistent/platend.sock');
echo outcome(fn () => Platen\ping(0)), "\n";
echo outcome(fn () => Platen\ping(60001)), "\n";
echo outcome(fn () => Platen\rate_limit('main', 'k', 0, 1000)), "\n";
echo outcome(fn () => Platen\rate_limit('main', 'k', 1, 0)), "\n";
echo outcome(fn () => Platen\rate_limit('main', 'k', 1, 1000, -1)), "\n";
echo outcome(fn () => Platen\submit('main', ['x' => NAN])), "\n";
echo outcome(fn () => Platen\submit('main', ['x' => str_repeat('y', 1024 * 1024)])), "\n";
--EXPECT--
InvalidInput invalid_request: deadline_ms must be from 1 to 60000, it is 0
InvalidInput invalid_request: deadline_ms must be from 1 to 60000, it is 60001
InvalidInput invalid_request: limit must be from 1 to 4294967295, it is 0
InvalidInput invalid_request: window_ms must be from 1 to 9223372036854775807, it is 0
InvalidInput invalid_request: cost must be from 0 to 4294967295, it is -1
InvalidInput invalid_request: the job holds a number that is not finite
InvalidInput payload_too_large: a frame of 1048608 bytes is over the limit of 1048576
