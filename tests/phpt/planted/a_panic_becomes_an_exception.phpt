--TEST--
A panic of Rust becomes an InternalError without its text, and the process lives on
--FILE--
<?php
declare(strict_types=1);

for ($i = 0; $i < 3; ++$i) {
    try {
        Platen\planted_panic('planted-secret');
    } catch (Platen\Exception\InternalError $exception) {
        echo $exception->errorCode, ': ', $exception->getMessage(), "\n";
        echo str_contains((string) $exception->getMessage(), 'planted-secret') ? 'shown' : 'hidden', "\n";
    }
}
echo Platen\count_tokens('Hello, world!', 'gpt-4o');
--EXPECTF--
internal: a fault of Platen at src/extension/src/functions/planted.rs:%d, which deserves a bug report
hidden
internal: a fault of Platen at src/extension/src/functions/planted.rs:%d, which deserves a bug report
hidden
internal: a fault of Platen at src/extension/src/functions/planted.rs:%d, which deserves a bug report
hidden
4
