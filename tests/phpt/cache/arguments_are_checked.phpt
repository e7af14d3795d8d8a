--TEST--
A text that is no hash, a time that is over and a value too large are refused
--INI--
platen.cache_path={TMP}/platen-phpt-cache/cache.sqlite
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$hash = Platen\prompt_hash('x');
echo outcome(fn () => Platen\cache_get('x')), "\n";
echo outcome(fn () => Platen\cache_get(strtoupper($hash))), "\n";
echo outcome(fn () => Platen\cache_set($hash, 'v', 0)), "\n";
echo outcome(fn () => Platen\cache_set($hash, str_repeat('v', 1024 * 1024 + 1))), "\n";
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
InvalidInput payload_too_large: the value has 1048577 bytes, the limit is 1048576
