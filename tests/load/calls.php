<?php

/**
 * Measures what a call costs before it does anything: php -d extension=target/release/libplaten.so tests/load/calls.php
 *
 * The calls stand in loops that are compiled for them, and the time of an empty loop is taken off. Each figure is that
 * of the quickest of many short rounds. Prints its figures as JSON.
 */

declare(strict_types=1);

const CALLS = 20_000;
const ROUNDS = 300;

extension_loaded('platen') || exit("calls: the extension is not loaded\n");

// A key without an id answers null: nothing is read, made or copied, so what is left is the call.
$key = Platen\SigningKey::fromBytes('a secret of thirty-two bytes or so');
$array = new SplFixedArray(1);

$loops = [
    'empty' => static function (): void {
        for ($i = 0; $i < CALLS; ++$i) {
        }
    },
    'a call, SigningKey::id()' => static function () use ($key): void {
        for ($i = 0; $i < CALLS; ++$i) {
            $key->id();
        }
    },
    'a call of a method in C, SplFixedArray::getSize()' => static function () use ($array): void {
        for ($i = 0; $i < CALLS; ++$i) {
            $array->getSize();
        }
    },
    'a call of a function in C, pi()' => static function (): void {
        for ($i = 0; $i < CALLS; ++$i) {
            \pi();
        }
    },
    'a call of strlen() by a variable name' => static function (): void {
        $function = 'strlen';
        for ($i = 0; $i < CALLS; ++$i) {
            $function('');
        }
    },
    'a call of an empty function in PHP' => static function (): void {
        for ($i = 0; $i < CALLS; ++$i) {
            nothing();
        }
    },
];

$quickest = array_fill_keys(array_keys($loops), INF);
// The loops take turns, so that the machine's drift meets all of them.
for ($round = 0; $round < ROUNDS; ++$round) {
    foreach ($loops as $name => $loop) {
        $start = hrtime(true);
        $loop();
        $quickest[$name] = min($quickest[$name], (hrtime(true) - $start) / CALLS);
    }
}

$results = [];
$ours = array_keys($loops)[1];
foreach (array_slice($quickest, 1) as $name => $ns) {
    $beside = $name === $ours ? [] : ['beside' => $ours];
    $bar = $name === $ours ? 25 : null;
    $value = round($ns - $quickest['empty'], 2);
    $results[$name] = ['value' => $value, 'bar' => $bar, 'unit' => 'ns', 'better' => 'lower', ...$beside];
}
echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";

function nothing(): void
{
}
