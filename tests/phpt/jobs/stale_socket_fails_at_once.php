<?php
declare(strict_types=1);

require __DIR__ . '/../support/outcome.inc';

$path = sys_get_temp_dir() . '/platen-phpt-stale-' . getmypid() . '.sock';
fclose(stream_socket_server("unix://$path"));
ini_set('platen.socket', $path);
$took = milliseconds(function (): void {
    echo strtr(outcome(fn () => Platen\ping()), [ini_get('platen.socket') => 'PATH']), "\n";
});
unlink($path);
echo $took < 40 ? 'at once' : "after $took ms";
