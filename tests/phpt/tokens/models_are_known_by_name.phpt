--TEST--
A model's encoding, limits and how exact its counts are, are known from its name
--FILE--
<?php
declare(strict_types=1);

echo json_encode(Platen\model_info('gpt-4o-mini')), "\n";
echo json_encode(Platen\model_info('openai/gpt-oss-120b')), "\n";
echo json_encode(Platen\model_info('claude-sonnet-4-5')), "\n";
echo json_encode(Platen\model_info('')), "\n";
--EXPECT--
{"encoding":"o200k_base","is_estimate":false,"error_percent":0,"context_tokens":128000,"max_output_tokens":16384}
{"encoding":"o200k_harmony","is_estimate":false,"error_percent":0,"context_tokens":131072,"max_output_tokens":131072}
{"encoding":"o200k_base","is_estimate":true,"error_percent":39,"context_tokens":200000,"max_output_tokens":64000}
{"encoding":"o200k_base","is_estimate":true,"error_percent":85,"context_tokens":8192,"max_output_tokens":2048}
