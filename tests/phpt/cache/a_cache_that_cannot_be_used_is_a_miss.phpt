--TEST--
A cache that cannot be used is a miss and not an error
--INI--
platen.cache_path=/proc/platen/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$hash = Platen\prompt_hash('x');
var_dump(Platen\cache_get($hash), Platen\cache_set($hash, 'v'));
--EXPECT--
NULL
bool(false)
