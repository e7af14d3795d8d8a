--TEST--
PHP code can extend PlatenException
--FILE--
<?php
declare(strict_types=1);

final class Mine extends Platen\Exception\PlatenException
{
    public string $errorCode = 'mine';
}
try {
    throw new Mine('text', 3, new LogicException('cause'));
} catch (Platen\Exception\PlatenException $exception) {
    echo get_class($exception), ' ', $exception->errorCode, ' ', $exception->getLine(), ' ', $exception->getPrevious()->getMessage();
}
--EXPECT--
Mine mine 9 cause
