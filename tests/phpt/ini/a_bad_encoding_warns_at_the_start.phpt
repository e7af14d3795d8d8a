--TEST--
An encoding that does not exist warns at the start and names those that do
--INI--
platen.preload_encodings=o200k_base, o300k_base
display_startup_errors=1
--FILE--
<?php
declare(strict_types=1);

var_dump(ini_get('platen.preload_encodings'));
--EXPECTF--
%AWarning: %Splaten.preload_encodings names "o300k_base", which is none of o200k_base, o200k_harmony, cl100k_base, p50k_base, r50k_base; the value is not used%A
string(0) ""
