<?php
declare(strict_types=1);

require __DIR__ . '/../support/hostile.inc';

foreach (hostile_texts() as $name => $text) {
    $counter = new Platen\TokenCounter('gpt-4o');
    for ($place = 0; $place < strlen($text); $place += 65_521) {
        $counter->push(substr($text, $place, 65_521));
    }
    echo $name, ' ', $counter->count() === Platen\count_tokens($text, 'gpt-4o') ? 'the same' : 'another count', "\n";
}
