--TEST--
No stack trace shows a secret, a PEM text or a JWK that was refused
--SKIPIF--
<?php if (PHP_VERSION_ID < 80200) die('skip SensitiveParameter came with PHP 8.2');
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
declare(strict_types=1);

foreach (
    [
        fn () => Platen\SigningKey::fromBytes('planted'),
        fn () => Platen\SigningKey::fromPem("-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n"),
        fn () => Platen\SigningKey::fromJwk(['kty' => 'oct', 'k' => 'planted']),
        fn () => Platen\KeySet::fromJwks(['keys' => [['kty' => 'oct', 'k' => 'planted']]]),
    ] as $read
) {
    try {
        $read();
    } catch (Platen\Exception\InvalidKey $exception) {
        echo get_class($exception->getTrace()[0]['args'][0]), ' ';
        ob_start();
        var_dump($exception);
        echo str_contains(ob_get_clean() . $exception, 'planted') ? 'shown' : 'hidden', "\n";
    }
}
--EXPECT--
SensitiveParameterValue hidden
SensitiveParameterValue hidden
SensitiveParameterValue hidden
SensitiveParameterValue hidden
