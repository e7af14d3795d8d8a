<?php
declare(strict_types=1);

echo implode(' ', Platen\runtime_info()['preloaded_encodings']), "\n";
echo Platen\count_tokens('Hello, world', 'gpt-4o'), "\n";
