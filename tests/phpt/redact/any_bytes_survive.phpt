--TEST--
A text that is not UTF-8 stays as it is around the findings
--FILE--
<?php
declare(strict_types=1);

$text = "\xFF\0 jo@example.com \xC3\x28\xED\xA0\x80";
$result = Platen\redact($text);

echo bin2hex(strtok($result['text'], '[')), "\n";
var_dump($result['map'], Platen\restore($result['text'], $result['map']) === $text);
--EXPECT--
ff0020
array(1) {
  ["[EMAIL_1]"]=>
  string(14) "jo@example.com"
}
bool(true)
