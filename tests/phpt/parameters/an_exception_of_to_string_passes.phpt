--TEST--
An exception from __toString reaches the caller unchanged
--FILE--
<?php
declare(strict_types=1);

eval('
    $text = new class { public function __toString(): string { throw new LogicException("mine"); } };
    try {
        Platen\count_tokens($text);
    } catch (LogicException $exception) {
        echo $exception->getMessage();
    }
');
--EXPECT--
mine
