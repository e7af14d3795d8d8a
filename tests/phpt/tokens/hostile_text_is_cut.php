<?php
declare(strict_types=1);

require __DIR__ . '/../support/hostile.inc';

foreach (hostile_texts() as $name => $text) {
    foreach (['start', 'end'] as $from) {
        $part = Platen\truncate_tokens($text, 1000, 'gpt-4o', $from);
        $tokens = Platen\count_tokens($part, 'gpt-4o');
        echo $name, ' ', $tokens <= 1000 && $tokens > 900 ? 'fits' : $tokens, "\n";
    }
}
