<?php

/**
 * Listens on a Unix socket and answers one request after the other as its script says.
 *
 * Usage: php fake-daemon.php SOCKET SCRIPT, where SCRIPT is a JSON list of steps, one per request:
 *   {"tag": 129, "body": {...}}      answers with a frame; "after_ms" waits before
 *   {"hex": "..."}                   answers with these bytes
 * and with "close": true the connection is closed afterwards. A step without tag and hex answers nothing.
 * Every request is printed as a line of JSON with the number of the connection it came on. Ends with the script.
 */

declare(strict_types=1);

[, $path, $script] = $argv;
$steps = json_decode($script, true, 512, JSON_THROW_ON_ERROR);
$server = stream_socket_server('unix://' . $path, $errno, $error) ?: exit("cannot listen: $error\n");
echo "ready\n";

$connections = [];
$numbers = 0;
while ($steps !== []) {
    $readable = [$server, ...$connections];
    $none = [];
    if (stream_select($readable, $none, $none, 10) < 1) {
        exit(1);
    }
    foreach ($readable as $stream) {
        if ($stream === $server) {
            $connections[++$numbers] = stream_socket_accept($server, 0);
            continue;
        }
        $number = array_search($stream, $connections, true);
        $header = fread($stream, 6);
        if ($header === '' || $header === false) {
            fclose($stream);
            unset($connections[$number]);
            continue;
        }
        $length = unpack('N', $header)[1] - 2;
        $body = $length > 0 ? (string) stream_get_contents($stream, $length) : '';
        echo json_encode(['connection' => $number, 'tag' => ord($header[5]), 'body' => json_decode($body)]), "\n";

        $step = array_shift($steps);
        usleep(($step['after_ms'] ?? 0) * 1000);
        $answer = (string) hex2bin($step['hex'] ?? '');
        if (isset($step['tag'])) {
            $json = json_encode((object) $step['body']);
            $answer = pack('NCC', strlen($json) + 2, 1, $step['tag']) . $json;
        }
        // The client may have given up by now: then there is nobody to write to.
        $answer === '' || @fwrite($stream, $answer);
        if ($step['close'] ?? false) {
            fclose($stream);
            unset($connections[$number]);
        }
        if ($steps === []) {
            break;
        }
    }
}
// What was written must be read before this process, and with it the socket, goes away.
usleep(200_000);
