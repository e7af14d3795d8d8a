--TEST--
An exception knows its file, line and trace
--FILE--
<?php
declare(strict_types=1);

function ask(): void
{
    Platen\jwt_decode('x', Platen\SigningKey::fromString(str_repeat('k', 32)));
}
try {
    ask();
} catch (Platen\Exception\PlatenException $exception) {
    echo basename($exception->getFile()), ':', $exception->getLine(), "\n";
    echo $exception->getTrace()[0]['function'], ' from ', $exception->getTrace()[1]['function'], "\n";
    echo get_class($exception), ' ', $exception->errorCode, ' ', $exception->getCode(), "\n";
}
--EXPECT--
know_their_place.php:6
Platen\jwt_decode from ask
Platen\Exception\InvalidToken invalid_token 0
