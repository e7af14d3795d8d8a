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
echo outcome(fn () => Platen\rate_limit('main', '', 1, 1000)), "\n";
echo outcome(fn () => Platen\rate_limit('main', 'k', 1, 1000, 2)), "\n";
echo outcome(fn () => Platen\rate_limit('main', 'k', 1, 31 * 86400 * 1000 + 1)), "\n";
echo outcome(fn () => Platen\wait('main', 'x', 60001)), "\n";
echo outcome(fn () => Platen\submit('main', [], 50, 'later')), "\n";
echo outcome(fn () => Platen\submit_many('main', [])), "\n";
echo outcome(fn () => Platen\submit_many('main', array_fill(0, 257, []))), "\n";
echo outcome(fn () => Platen\submit_many('main', [[], 'x'])), "\n";
echo outcome(fn () => Platen\budget_reserve('main', 'k', -1, 1)), "\n";
echo outcome(fn () => Platen\budget_reserve('main', 'k', 1, 1 << 53)), "\n";
echo outcome(fn () => Platen\budget_reserve('main', 'k', 1, 1, 'year')), "\n";
echo outcome(fn () => Platen\budget_reserve('main', 'k', 1, 1, 'day', 'euro')), "\n";
echo outcome(fn () => Platen\budget_reserve('main', 'k', 1, 1, ttl_s: 0)), "\n";
echo outcome(fn () => Platen\submit('main', ['x' => NAN])), "\n";
echo outcome(fn () => Platen\submit('main', ['x' => str_repeat('y', 1024 * 1024)])), "\n";
--EXPECT--
InvalidInput invalid_request: deadline_ms must be from 1 to 60000, it is 0
InvalidInput invalid_request: deadline_ms must be from 1 to 60000, it is 60001
InvalidInput invalid_request: limit must be from 1 to 4294967295, it is 0
InvalidInput invalid_request: window_ms must be from 1 to 9223372036854775807, it is 0
InvalidInput invalid_request: cost must be from 0 to 4294967295, it is -1
InvalidInput invalid_request: a rate key is 1 to 191 bytes
InvalidInput invalid_request: a request cannot cost more than the whole limit
InvalidInput invalid_request: a rate window is 1 ms to 31 days
InvalidInput invalid_request: ms must be from 0 to 60000, it is 60001
InvalidInput invalid_request: ack must be durable, accepted or none, it is "later"
InvalidInput invalid_request: jobs must be 1 to 256, they are 0
InvalidInput invalid_request: jobs must be 1 to 256, they are 257
InvalidInput invalid_request: job 1 is not an array
InvalidInput invalid_request: amount must be from 0 to 9007199254740991, it is -1
InvalidInput invalid_request: limit must be from 0 to 9007199254740991, it is 9007199254740992
InvalidInput invalid_request: period must be one of hour, day, month, it is "year"
InvalidInput invalid_request: unit must be one of microusd, tokens, it is "euro"
InvalidInput invalid_request: ttl_s must be from 1 to 2678400, it is 0
InvalidInput invalid_request: the job holds a number that is not finite
InvalidInput payload_too_large: a frame of 1048608 bytes is over the limit of 1048576
