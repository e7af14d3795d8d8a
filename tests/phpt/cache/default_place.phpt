--TEST--
Without a setting the cache is in a folder of the user's own
--EXTENSIONS--
posix
--FILE--
<?php
declare(strict_types=1);

ob_start();
phpinfo(INFO_MODULES);
preg_match('~^Prompt cache => (.+)$~m', ob_get_clean(), $match);
echo str_replace([sys_get_temp_dir(), (string) posix_geteuid()], ['TEMP', 'UID'], $match[1]);
--EXPECT--
TEMP/platen-cache-UID/prompts.cache
