--TEST--
The golden prompts have the hash of each rule
--FILE--
<?php
declare(strict_types=1);

$wrong = [];
// Objects stay objects: an empty array would be an empty list.
$vectors = json_decode(file_get_contents(__DIR__ . '/../../vectors/prompt-hash/rules.json'), flags: JSON_THROW_ON_ERROR);
foreach ($vectors as $vector) {
    if (Platen\prompt_hash($vector->value, (array) $vector->options) !== $vector->hash) {
        $wrong[] = $vector->name;
    }
}
echo count($vectors) > 50 ? 'many' : 'few', ', ', $wrong === [] ? 'all right' : implode("\n", $wrong);
--EXPECT--
many, all right
