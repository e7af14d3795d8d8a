--TEST--
Encodings to preload are taken with commas and spaces, and count as ever
--INI--
platen.preload_encodings=o200k_base, cl100k_base,
--FILE--
<?php
declare(strict_types=1);

echo implode(' ', Platen\runtime_info()['preloaded_encodings']), "\n";
echo Platen\count_tokens('Hello, world', 'gpt-4o'), "\n";
--EXPECT--
o200k_base cl100k_base
3
