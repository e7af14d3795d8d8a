--TEST--
An estimate says that it is one and by how much it may err
--FILE--
<?php
declare(strict_types=1);

$text = str_repeat('All human beings are born free and equal in dignity and rights. ', 20);
$info = Platen\model_info('claude-3-5-sonnet-latest');
$estimate = Platen\count_tokens($text, 'claude-3-5-sonnet-latest');
var_dump($info['is_estimate'], Platen\model_info('gpt-4o')['error_percent']);
// 261 tokens, as the tokenizer of PyPI's anthropic 0.38.0 counts.
var_dump(abs($estimate - 261) * 100 <= $info['error_percent'] * $estimate);
--EXPECT--
bool(true)
int(0)
bool(true)
