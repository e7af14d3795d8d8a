--TEST--
A bad value in php.ini warns at the start and leaves the default
--INI--
platen.deadline_ms=soon
display_startup_errors=1
--FILE--
<?php
declare(strict_types=1);

echo ini_get('platen.deadline_ms');
--EXPECTF--
%AWarning: %Splaten.deadline_ms must be a whole number from 1 to 60000; the value is not used%A
50
