--TEST--
The functions in PHP answer hostile input as the extension does, apart from the differences in php/README.md
--INI--
platen.socket=/nonexistent/socket
platen.retry_after_ms=0
memory_limit=1G
--SKIPIF--
<?php
// Without -n, for the extensions that the functions in PHP use.
$lacks = 'echo extension_loaded("platen") ? "the extension is loaded" : implode(array_filter(["mbstring", "intl", "openssl", "sodium"], fn ($name) => !extension_loaded($name)));';
$state = shell_exec(PHP_BINARY . ' -r ' . escapeshellarg($lacks));
if ((string) $state !== '') {
    die("skip with its own settings this PHP is no place for the functions in PHP: $state");
}
--FILE--
<?php
$script = __DIR__ . '/../support/answers.php';
ob_start();
require $script;
$extension = json_decode((string) ob_get_clean(), true, 512, JSON_THROW_ON_ERROR);

$cache = sys_get_temp_dir() . '/platen-answers-' . getmypid() . '/cache.sqlite';
$settings = ['-d', 'platen.socket=/nonexistent/socket', '-d', 'platen.retry_after_ms=0', '-d', 'memory_limit=1G',
    '-d', "platen.cache_path=$cache"];
$process = proc_open([PHP_BINARY, ...$settings, $script, 'polyfill'], [1 => ['pipe', 'w'], 2 => STDERR], $pipes);
$polyfill = json_decode((string) stream_get_contents($pipes[1]), true, 512, JSON_THROW_ON_ERROR);
proc_close($process);
array_map('unlink', glob(dirname($cache) . '/*') ?: []);
@rmdir(dirname($cache));

foreach ($extension as $call => $answer) {
    // Ids of tokens need the vocabularies.
    $required = 'Platen\Exception\InternalError extension_required';
    $isDifferent = preg_match('/^Platen\\\\(encode|decode)\(/', $call) === 1 && $polyfill[$call] === $required;
    if ($answer !== $polyfill[$call] && !$isDifferent) {
        echo "$call: $answer is not $polyfill[$call] in PHP\n";
    }
}
echo count($extension) > 5000 ? 'compared' : 'too few calls';
--EXPECT--
compared
