<?php
declare(strict_types=1);

require __DIR__ . '/../support/hostile.inc';

foreach (hostile_texts() as $name => $text) {
    foreach (['gpt-4o', 'claude-sonnet-4-5'] as $model) {
        $tokens = Platen\count_tokens($text, $model);
        echo $name, ' ', $tokens > 0 && $tokens <= 3 * strlen($text) ? 'counted' : $tokens, "\n";
    }
}
