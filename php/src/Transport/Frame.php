<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\Fault;
use Platen\Exception\PlatenException;

/**
 * The bytes around a body: length (4 bytes, big endian, of all that follows it), version, tag.
 *
 * @internal
 */
final class Frame
{
    public const HEADER_BYTES = 6;
    /** The largest frame, in bytes after the length field. */
    public const MAX_BYTES = 1_048_576;
    private const VERSION = 1;

    public function __construct(public readonly int $tag, public readonly int $bodyBytes)
    {
    }

    /** @throws PlatenException If the body does not fit. */
    public static function encode(Tag $tag, string $body): string
    {
        $length = strlen($body) + 2;
        if ($length > self::MAX_BYTES) {
            throw Fault::invalidInput(
                sprintf('a frame of %d bytes is over the limit of %d', $length, self::MAX_BYTES),
                'payload_too_large'
            );
        }

        return pack('NCC', $length, self::VERSION, $tag->value) . $body;
    }

    /**
     * Reads a header. After a failure the connection must be closed: where the next frame begins is not known.
     *
     * @throws PlatenException If the header is not of this protocol.
     */
    public static function decodeHeader(string $header): self
    {
        /** @var array{length: int, version: int, tag: int} $fields */
        $fields = unpack('Nlength/Cversion/Ctag', $header);
        if ($fields['length'] < 2 || $fields['length'] > self::MAX_BYTES) {
            throw Fault::internal(
                sprintf("the daemon's answer cannot be read: a frame of %d bytes", $fields['length']),
                $fields['length'] < 2 ? 'invalid_request' : 'payload_too_large'
            );
        }
        if ($fields['version'] !== self::VERSION) {
            throw Fault::unavailable(
                sprintf(
                    'the daemon speaks version %d of the socket protocol, this side version %d',
                    $fields['version'],
                    self::VERSION
                ),
                'unsupported_version'
            );
        }

        return new self($fields['tag'], $fields['length'] - 2);
    }
}
