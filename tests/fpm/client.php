<?php

/**
 * Asks PHP-FPM for app.php, one request after the other, until the stop file is there:
 * php client.php SOCKET STOP RESULTS
 *
 * Writes one line of JSON for each request: the application's answer, or {"lost": why}.
 */

declare(strict_types=1);

const BEGIN = 1, END = 3, PARAMETERS = 4, INPUT = 5, OUTPUT = 6;
const PATIENCE_S = 30;

[, $socket, $stop, $results] = $argv;
$out = fopen($results, 'a');
while (!file_exists($stop)) {
    fwrite($out, json_encode(ask($socket, __DIR__ . '/app.php')) . "\n");
}

/** @return array<string, mixed> */
function ask(string $socket, string $script): array
{
    $stream = @stream_socket_client("unix://$socket", $code, $error, PATIENCE_S);
    if ($stream === false) {
        return ['lost' => "connect: $error"];
    }
    stream_set_timeout($stream, PATIENCE_S);
    $parameters = pair('SCRIPT_FILENAME', $script) . pair('REQUEST_METHOD', 'GET') . pair('SCRIPT_NAME', '/app.php');
    $request = record(BEGIN, pack('nCx5', 1, 0)) . record(PARAMETERS, $parameters) . record(PARAMETERS, '') . record(INPUT, '');
    if (@fwrite($stream, $request) !== strlen($request)) {
        return ['lost' => 'the request was not taken'];
    }
    $answer = answer($stream);
    [$head, $body] = explode("\r\n\r\n", $answer ?? '', 2) + [1 => ''];
    $fields = json_decode($body, true);

    return is_array($fields) && !str_contains($head, 'Status:') ? $fields : ['lost' => 'answer: ' . substr((string) $answer, 0, 300)];
}

/** The whole output of the request; null when the connection ended before the request did. */
function answer($stream): ?string
{
    $output = '';
    while (($header = bytes($stream, 8)) !== null) {
        ['kind' => $kind, 'length' => $length, 'padding' => $padding] = unpack('x/Ckind/x2/nlength/Cpadding', $header);
        $content = bytes($stream, $length + $padding);
        if ($kind === OUTPUT) {
            $output .= substr((string) $content, 0, $length);
        }
        if ($kind === END) {
            return $output;
        }
    }

    return null;
}

function bytes($stream, int $length): ?string
{
    $bytes = '';
    while (strlen($bytes) < $length) {
        $read = fread($stream, $length - strlen($bytes));
        if ($read === false || $read === '') {
            return null;
        }
        $bytes .= $read;
    }

    return $bytes;
}

function record(int $kind, string $content): string
{
    return pack('CCnnCx', 1, $kind, 1, strlen($content), 0) . $content;
}

function pair(string $name, string $value): string
{
    return pack('CN', strlen($name), strlen($value) | 1 << 31) . $name . $value;
}
