--TEST--
Every text may be a megabyte of anything: a result or a documented exception, in linear time and bounded memory
--INI--
memory_limit=2G
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/entry-points.inc';
require __DIR__ . '/../support/hostile.inc';

$daemon = new FakeDaemon('full');
$bytes = hostile_bytes();
$texts = [1 => hostile_texts(intdiv($bytes, 16)), 16 => hostile_texts($bytes)];
$attacks = 0;
foreach (entry_points() as $name => $function) {
    foreach ($function->getParameters() as $parameter) {
        if (!str_contains('?string|mixed', (string) $parameter->getType())) {
            continue;
        }
        foreach (array_keys($texts[1]) as $what) {
            $input = fn (int $size): string => $texts[$size][$what];
            attack_with_growth($name, $parameter->getName(), $what, $input, $bytes);
            ++$attacks;
        }
    }
}
echo $attacks > 1000 ? 'done' : "only $attacks attacks";
--EXPECT--
done
