--TEST--
A panic in what the engine calls beside functions refuses the setting and ends nothing
--FILE--
<?php
declare(strict_types=1);

Platen\plant_panic('callback');
var_dump(ini_set('platen.deadline_ms', '100'), ini_get('platen.deadline_ms'));
var_dump(ini_set('platen.deadline_ms', '100'), ini_get('platen.deadline_ms'));

Platen\plant_panic('callback');
ob_start();
phpinfo(INFO_MODULES);
$info = (string) ob_get_clean();
var_dump(str_contains($info, 'planted-secret'), str_contains($info, 'Socket protocol'));

echo Platen\count_tokens('Hello, world!', 'gpt-4o');
--EXPECT--
bool(false)
string(2) "50"
string(2) "50"
string(3) "100"
bool(false)
bool(false)
4
