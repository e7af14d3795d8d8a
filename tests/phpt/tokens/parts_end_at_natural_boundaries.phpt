--TEST--
A text is split where paragraphs, lines, sentences or words end
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

use function Platen\split_tokens;

echo json_encode(split_tokens("One sentence is here. Another one is there.", 8, model: 'gpt-4o')), "\n";
echo json_encode(split_tokens("A first short paragraph.\n\nThe second one is a little longer.", 9, model: 'gpt-4o')), "\n";
echo json_encode(split_tokens('one two three four five six seven eight nine ten', 8, 2, 'gpt-4o')), "\n";
echo json_encode(split_tokens('', 8)), "\n";
echo outcome(fn () => split_tokens('x', 7)), "\n";
echo outcome(fn () => split_tokens('x', 8, 4)), "\n";
--EXPECT--
["One sentence is here."," Another one is there."]
["A first short paragraph.\n\n","The second one is a little longer."]
["one two three four five six seven eight"," seven eight nine ten"]
[]
InvalidInput invalid_request: a part must have room for at least 8 tokens
InvalidInput invalid_request: the overlap must be less than half of a part
