<?php

// Compares a php.ini template with the settings that the loaded extension has, and with their defaults.

declare(strict_types=1);

preg_match_all('/^;(platen\.\w+) =(.*)$/m', (string) file_get_contents($argv[1]), $found);
$template = array_combine($found[1], array_map('trim', $found[2]));
$extension = array_map(
    static fn (array $setting): string => (string) $setting['global_value'],
    ini_get_all('platen'),
);
ksort($template);
ksort($extension);
if ($template !== $extension) {
    echo 'template: ', json_encode($template), "\nextension: ", json_encode($extension), "\n";
    exit(1);
}
