--TEST--
A text that is no hash, a time that is over and a value too large are refused
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$hash = Platen\prompt_hash('x');
echo outcome(fn () => Platen\cache_get('x')), "\n";
echo outcome(fn () => Platen\cache_get(strtoupper($hash))), "\n";
echo outcome(fn () => Platen\cache_set($hash, 'v', 0)), "\n";
echo outcome(fn () => Platen\cache_set($hash, str_repeat('v', 16 * 1024 * 1024 + 1))), "\n";
echo outcome(fn () => Platen\cache_set($hash, 'v', 60, [''])), "\n";
echo outcome(fn () => Platen\cache_set($hash, 'v', 60, [7])), "\n";
echo outcome(fn () => Platen\cache_set($hash, 'v', 60, array_fill(0, 17, 'x'))), "\n";
echo outcome(fn () => Platen\cache_delete('x')), "\n";
echo outcome(fn () => Platen\cache_flush_tag("a\nb")), "\n";
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
InvalidInput invalid_request: a prompt hash is 64 lower-case hexadecimal digits
InvalidInput invalid_request: a prompt hash is 64 lower-case hexadecimal digits
InvalidInput invalid_request: ttl_s must be positive
InvalidInput payload_too_large: the value has 16777217 bytes, the limit is 16777216
InvalidInput invalid_request: a cache tag is 1 to 191 bytes without control characters
InvalidInput invalid_request: a cache tag is 1 to 191 bytes without control characters
InvalidInput invalid_request: a cached value has at most 16 tags
InvalidInput invalid_request: a prompt hash is 64 lower-case hexadecimal digits
InvalidInput invalid_request: a cache tag is 1 to 191 bytes without control characters
