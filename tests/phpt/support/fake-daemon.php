<?php

/**
 * Serves the socket protocol badly on purpose: php fake-daemon.php SOCKET SCRIPT.
 *
 * echo          answers with the right tag; the body holds the request's tag and body and who was asked
 * full          the same, with what every request needs in its answer
 * restart       the same, but closes the connection after each answer
 * lose-second   reads the second request and closes without an answer
 * silent        never answers
 * refuse        answers with a refusal that this version of the code does not know
 * other-tag     answers every request with a receipt
 * no-json       answers with a body that is not JSON
 * version-9     answers in another protocol version
 * receipts      answers a batch with a receipt for its first job and a refusal of each other
 * refuse-late   answers nothing to the first request of a connection but, unasked, a refusal, and closes
 * half          sends the header and half of a body, then nothing
 */

declare(strict_types=1);

const REPLY_TAGS = [0x01 => 0x81, 0x02 => 0x82, 0x03 => 0x83, 0x04 => 0x83, 0x05 => 0x83, 0x06 => 0x86, 0x07 => 0x87,
    0x08 => 0x82, 0x0A => 0x8A, 0x0B => 0x83, 0x0C => 0x8C, 0x0D => 0x8D, 0x0E => 0x8E,
    0x0F => 0x8F, 0x10 => 0x90];

[, $path, $script] = $argv;
$listener = stream_socket_server("unix://$path");
echo "ready\n";

for ($connection = 1; $stream = @stream_socket_accept($listener, 30); ++$connection) {
    for ($request = 1; $frame = read_frame($stream); ++$request) {
        if ($script === 'silent') {
            continue;
        }
        if ($script === 'lose-second' && $connection === 1 && $request === 2) {
            break;
        }
        if ($frame[0] === 0x09 && $script !== 'refuse-late') {
            // Nobody waits for an answer to a push; the next request tells how many there were.
            $GLOBALS['pushes'] = ($GLOBALS['pushes'] ?? 0) + 1;
            continue;
        }
        fwrite($stream, reply($script, $connection, $request, ...$frame));
        if ($script === 'restart' || $script === 'refuse-late') {
            break;
        }
    }
    fclose($stream);
}

/** @return array{int, string}|null */
function read_frame($stream): ?array
{
    stream_set_timeout($stream, 30);
    $header = (string) fread($stream, 6);
    if (strlen($header) < 6) {
        return null;
    }
    ['length' => $length, 'tag' => $tag] = unpack('Nlength/Cversion/Ctag', $header);
    $body = '';
    while (strlen($body) < $length - 2) {
        $body .= fread($stream, $length - 2 - strlen($body));
    }

    return [$tag, $body];
}

function reply(string $script, int $connection, int $request, int $tag, string $body): string
{
    $fields = json_decode($body);
    $echo = json_encode([
        'tag' => $tag,
        'body' => $fields,
        'connection' => $connection,
        'request' => $request,
        'pushes' => $GLOBALS['pushes'] ?? 0,
        'receipts' => $script === 'full'
            ? array_fill(0, count((array) ($fields->jobs ?? [])), ['code' => 'invalid_request', 'message' => 'echo'])
            : null,
    ]);

    return match ($script) {
        'receipts' => frame(0x8A, json_encode(['receipts' => array_map(
            static fn (int $place): array => $place === 0
                ? ['job_id' => 'first', 'status' => 'queued', 'is_duplicate' => false]
                : ['code' => 'invalid_request', 'message' => "job $place"],
            array_keys(json_decode($body)->jobs)
        )])),
        'refuse-late' => frame(0xFF, '{"code":"unknown_request","message":"frame tag 0x09 is unknown"}'),
        'refuse' => frame(0xFF, '{"code":"code_of_tomorrow","message":"no\u0000t today"}'),
        'other-tag' => frame(0x82, $echo),
        'no-json' => frame(REPLY_TAGS[$tag], 'not JSON'),
        'version-9' => frame(REPLY_TAGS[$tag], $echo, 9),
        'half' => substr(frame(REPLY_TAGS[$tag], $echo), 0, -10),
        default => frame(REPLY_TAGS[$tag], $echo),
    };
}

function frame(int $tag, string $body, int $version = 1): string
{
    return pack('NCC', strlen($body) + 2, $version, $tag) . $body;
}
