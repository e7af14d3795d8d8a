--TEST--
A caller without strict_types gets PHP's coercions
--FILE--
<?php
declare(strict_types=1);

eval('
    $text = new class { public function __toString(): string { return "Hello, world!"; } };
    var_dump(Platen\count_tokens($text, "gpt-4o") === 4);
    var_dump(Platen\count_tokens(12345) === Platen\count_tokens("12345"));
    var_dump(Platen\count_tokens(1.5) === Platen\count_tokens("1.5"));
    var_dump(Platen\count_tokens(true) === Platen\count_tokens("1"));
    var_dump(count(Platen\trim_history([], "100", reserve: 5.0)["report"]["kept"]));
');
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
int(0)
