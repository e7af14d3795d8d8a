--TEST--
White space and case count unless the options say otherwise
--FILE--
<?php
declare(strict_types=1);

use function Platen\prompt_hash;

$same = fn (string $one, string $other, array $options) => prompt_hash($one, $options) === prompt_hash($other, $options);
var_dump($same("Hello \n World ", 'Hello World', []), $same("Hello \n World ", 'Hello World', ['whitespace' => 'collapse']));
var_dump($same('STRASSE', 'Straße', []), $same('STRASSE', 'Straße', ['case' => 'fold']));
var_dump(prompt_hash('x') === prompt_hash('x', ['version' => 1, 'whitespace' => 'exact', 'case' => 'exact']));
var_dump(prompt_hash('x') === prompt_hash('x', ['case' => 'fold']));
--EXPECT--
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
