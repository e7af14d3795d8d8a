<?php

/**
 * Attacks every function with hostile input and prints, as JSON, what each call answered: php answers.php [polyfill]
 *
 * A value is told by its digest, an exception by its class and code. Nothing listens on the daemon's socket.
 */

use Platen\Exception\PlatenException;

if (($argv[1] ?? '') === 'polyfill') {
    require __DIR__ . '/../../../php/autoload.php';
}
require __DIR__ . '/entry-points.inc';
require __DIR__ . '/hostile.inc';

error_reporting(E_ALL & ~E_DEPRECATED & ~E_WARNING);
$inputs = hostile_values();
foreach ([300, 3000] as $bytes) {
    foreach (hostile_texts($bytes) as $what => $text) {
        $inputs["$bytes bytes of $what"] = $text;
    }
}
foreach (hostile_arrays(40) as $what => $array) {
    $inputs["40 $what"] = $array;
}
$answers = [];
foreach (known_arguments() as $name => $arguments) {
    foreach (array_keys($arguments) as $parameter) {
        foreach ($inputs as $what => $input) {
            $answers["$name(\$$parameter: $what)"] = answer($name, [$parameter => $input] + $arguments);
        }
    }
}
echo json_encode($answers, JSON_THROW_ON_ERROR);

function answer(string $name, array $arguments): string
{
    try {
        $value = call_entry_point($name, $arguments);
    } catch (PlatenException $exception) {
        return $exception::class . ' ' . $exception->errorCode;
    } catch (Throwable $exception) {
        return $exception::class;
    }
    // Counts are estimates in PHP, and what depends on them differs.
    $isCounted = preg_match('/count|push|trim_history|truncate_tokens|split_tokens|model_info/', $name) === 1;

    return is_object($value) || $isCounted ? get_debug_type($value) : md5(serialize($value));
}
