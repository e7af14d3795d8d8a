--TEST--
Every array may have 100 000 members: a result or a documented exception, in linear time and bounded memory
--INI--
memory_limit=2G
--FILE--
<?php
require __DIR__ . '/../support/fake-daemon.inc';
require __DIR__ . '/../support/entry-points.inc';
require __DIR__ . '/../support/hostile.inc';

const MEMBERS = 100_000;
/** What a message of two strings takes in PHP and in Rust. */
const BYTES_PER_MEMBER = 64;

$daemon = new FakeDaemon('full');
$arrays = [1 => hostile_arrays(intdiv(MEMBERS, 16)), 16 => hostile_arrays(MEMBERS)];
$attacks = 0;
foreach (entry_points() as $name => $function) {
    foreach ($function->getParameters() as $parameter) {
        if (!in_array((string) $parameter->getType(), ['array', 'mixed'], true)) {
            continue;
        }
        foreach (array_keys($arrays[1]) as $what) {
            $input = fn (int $size): array => $arrays[$size][$what];
            attack_with_growth($name, $parameter->getName(), $what, $input, MEMBERS * BYTES_PER_MEMBER);
            ++$attacks;
        }
    }
}
echo $attacks > 100 ? 'done' : "only $attacks attacks";
--EXPECT--
done
