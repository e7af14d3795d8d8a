<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

foreach (['a', '1', '@', '.', ':', '-', '+', '1.', '0 1', 'a@', 'a://', 'eyJ', 'sk-', "\u{1F468}\u{200D}"] as $unit) {
    $text = str_repeat($unit, intdiv(1 << 20, strlen($unit)));
    $ms = milliseconds(fn () => Platen\redact($text));
    if ($ms > 500) {
        echo "$unit took $ms ms\n";
    }
}
echo "done\n";
