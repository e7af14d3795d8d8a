--TEST--
No stack trace shows a bearer's token, a text to redact or a map of values
--SKIPIF--
<?php if (PHP_VERSION_ID < 80200) die('skip SensitiveParameter came with PHP 8.2');
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

foreach (
    [
        'jwt_decode' => fn () => Platen\jwt_decode('planted.planted.planted', site_key()),
        'redact' => fn () => Platen\redact('planted', ['none' => true]),
        'restore' => fn () => Platen\restore('planted', ['planted' => 'planted']),
    ] as $name => $call
) {
    try {
        $call();
    } catch (Platen\Exception\PlatenException $exception) {
        ob_start();
        var_dump($exception);
        $shown = ob_get_clean() . $exception;
        echo $name, str_contains($shown, 'planted') ? ' shown' : ' hidden', "\n";
    }
}
--EXPECT--
jwt_decode hidden
redact hidden
restore hidden
