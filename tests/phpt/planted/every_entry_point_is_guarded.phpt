--TEST--
A panic in any function, method, constructor or conversion of an argument becomes an InternalError
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/entry-points.inc';

$daemon = new FakeDaemon('full');

/** Whether the call ended in the panic that was planted, and nothing of it shows. */
function springs(string $place, string $name, array $arguments): bool
{
    $instance = str_contains($name, '::') ? instance_of(strstr($name, '::', true)) : null;
    Platen\plant_panic($place);
    try {
        call_entry_point($name, $arguments, $instance);
    } catch (Platen\Exception\InternalError $exception) {
        return $exception->errorCode === 'internal' && !str_contains((string) $exception, 'planted-secret');
    } catch (Throwable $exception) {
        echo get_class($exception), ': ';
    } finally {
        Platen\plant_panic('nowhere');
    }

    return false;
}

foreach (entry_points() as $name => $function) {
    $arguments = known_arguments()[$name];
    if (!springs('body', $name, $arguments)) {
        echo "the body of $name is not guarded\n";
    }
    foreach ($function->getParameters() as $parameter) {
        // Any value is right for it: it is read in the body.
        if ($name === 'Platen\prompt_hash') {
            continue;
        }
        if (!springs('argument', $name, [$parameter->getName() => new stdClass()] + $arguments)) {
            echo "the conversion of \${$parameter->getName()} of $name is not guarded\n";
        }
    }
    // The worker lives, and the next call works.
    call_entry_point($name, $arguments);
}
echo count(entry_points()) >= 40 ? 'all were tried' : 'too few were tried';
--EXPECT--
all were tried
