<?php
declare(strict_types=1);

require __DIR__ . '/../support/hostile.inc';

foreach (hostile_texts(4 * 1024 * 1024) as $name => $text) {
    $parts = Platen\split_tokens($text, 1000, 50, 'gpt-4o');
    $most = max(array_map(fn ($part) => Platen\count_tokens($part, 'gpt-4o'), $parts));
    echo $name, ' ', $most <= 1000 ? 'fits' : $most, "\n";
}
