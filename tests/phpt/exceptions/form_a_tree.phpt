--TEST--
Every exception is a PlatenException and a RuntimeException with its own default code
--FILE--
<?php
declare(strict_types=1);

foreach (
    ['InvalidInput', 'InvalidKey', 'InvalidSignature', 'InvalidToken', 'DaemonUnavailable', 'RequestRefused', 'InternalError'] as $name
) {
    $class = new ReflectionClass("Platen\Exception\\$name");
    $made = $class->newInstance('text', 7);
    echo $name, ' ', $made->errorCode, ' ', $made->getMessage(), ' ', $made->getCode();
    echo $made instanceof Platen\Exception\PlatenException && $made instanceof RuntimeException ? '' : ' lost';
    echo $class->isFinal() ? " final\n" : " open\n";
}
echo (new ReflectionProperty('Platen\Exception\PlatenException', 'errorCode'))->getType(), "\n";
--EXPECT--
InvalidInput invalid_request text 7 final
InvalidKey invalid_key text 7 final
InvalidSignature invalid_signature text 7 final
InvalidToken invalid_token text 7 final
DaemonUnavailable daemon_unavailable text 7 final
RequestRefused invalid_request text 7 final
InternalError internal text 7 final
string
