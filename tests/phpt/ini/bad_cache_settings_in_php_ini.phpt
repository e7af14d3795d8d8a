--TEST--
A cache path that is no file's and a size out of range warn at the start and leave the defaults
--INI--
platen.cache_path=cache/
platen.cache_max_bytes=1000
display_startup_errors=1
--FILE--
<?php
declare(strict_types=1);

var_dump(ini_get('platen.cache_path'), ini_get('platen.cache_max_bytes'));
--EXPECTF--
%AWarning: %Splaten.cache_path must be empty or the absolute path of a file; the value is not used%A
%AWarning: %Splaten.cache_max_bytes must be a whole number from 1048576 to 1099511627776; the value is not used%A
string(0) ""
string(8) "67108864"
