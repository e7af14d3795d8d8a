--TEST--
Every parameter answers wrong types, odd numbers, cycles and deep nesting with a result or a documented exception
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/entry-points.inc';
require __DIR__ . '/../support/hostile.inc';

error_reporting(E_ALL & ~E_DEPRECATED);
// PHP 8.5 itself warns when it makes a string of NAN for a parameter.
set_error_handler(static fn (int $level, string $text): bool => str_starts_with($text, 'unexpected NAN value'), E_WARNING);
$daemon = new FakeDaemon('full');
$calls = 0;
foreach (entry_points() as $name => $function) {
    foreach ($function->getParameters() as $parameter) {
        foreach (hostile_values() as $what => $value) {
            attack($name, $parameter->getName(), $what, $value);
            ++$calls;
        }
    }
}
echo $calls > 1500 ? 'done' : "only $calls calls";
--EXPECT--
done
