--TEST--
No stack trace shows the secret that was given
--SKIPIF--
<?php if (PHP_VERSION_ID < 80200) die('skip SensitiveParameter came with PHP 8.2');
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
declare(strict_types=1);

try {
    Platen\SigningKey::fromString('planted-secret');
} catch (Platen\Exception\InvalidKey $exception) {
    echo get_class($exception->getTrace()[0]['args'][0]), "\n";
    ob_start();
    var_dump($exception);
    echo str_contains(ob_get_clean() . $exception, 'planted') ? 'shown' : 'hidden';
}
--EXPECT--
SensitiveParameterValue
hidden
