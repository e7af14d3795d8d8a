--TEST--
Prompts that mean the same have the same hash
--FILE--
<?php
declare(strict_types=1);

use function Platen\prompt_hash;

var_dump(prompt_hash(['a' => 1, 'b' => [1, 2]]) === prompt_hash(['b' => [1, 2], 'a' => 1]));
var_dump(prompt_hash(['a' => 1]) === prompt_hash(['a' => 1.0]));
var_dump(prompt_hash([1, 2]) === prompt_hash([2, 1]));
var_dump(prompt_hash('1') === prompt_hash(1));
var_dump(prompt_hash([]) === prompt_hash(new stdClass()));
var_dump(strlen(prompt_hash(null)), preg_match('/^[0-9a-f]{64}$/D', prompt_hash('x')));
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
int(64)
int(1)
