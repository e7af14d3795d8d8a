--TEST--
An empty model name stands for the configured one, in every function that takes a model
--INI--
platen.default_model=gpt-4
--FILE--
<?php
declare(strict_types=1);

$counter = new Platen\TokenCounter();
$counter->push('Ein Satz über Bäume');
$named = new Platen\TokenCounter('gpt-4');
$named->push('Ein Satz über Bäume');
var_dump(Platen\model_info('') === Platen\model_info('gpt-4'));
var_dump(Platen\encode('Bäume') === Platen\encode('Bäume', 'gpt-4'));
var_dump($counter->count() === $named->count());
ini_set('platen.default_model', 'gpt-4o');
var_dump(Platen\encode('Bäume') === Platen\encode('Bäume', 'gpt-4o'));
var_dump(Platen\encode('Bäume', 'gpt-4') === Platen\encode('Bäume'));
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
