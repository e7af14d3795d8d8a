<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * Where a record is, and enough about it to leave it alone without reading it.
 *
 * @internal
 */
final class Slot
{
    private function __construct(
        public readonly int $place,
        public readonly int $position,
        public readonly int $recordBytes,
        public readonly string $mark,
        public readonly int $tagBits,
        public readonly int $expiresAt
    ) {
    }

    /** @return iterable<self> The slots of a part of the index that begins at this place of the file. */
    public static function all(string $bytes, int $place): iterable
    {
        $whole = strlen($bytes) - strlen($bytes) % Geometry::SLOT_BYTES;
        for ($at = 0; $at < $whole; $at += Geometry::SLOT_BYTES) {
            [1 => $position] = unpack('P', $bytes, $at);
            [1 => $length] = unpack('V', $bytes, $at + 8);
            [1 => $tagBits, 2 => $expiresAt] = unpack('P2', $bytes, $at + 16);
            yield new self($place + $at, $position, $length, substr($bytes, $at + 12, 4), $tagBits, $expiresAt);
        }
    }

    /** The four bytes of a hash that its slot repeats. */
    public static function markOf(string $key): string
    {
        return substr($key, 8, 4);
    }

    /** @param list<string> $sums The sums of the tags, as they stand in the record. */
    public static function tagBitsOf(array $sums): int
    {
        return array_reduce($sums, static fn (int $bits, string $sum): int => $bits | 1 << (ord($sum[0]) & 63), 0);
    }

    public static function encode(int $position, int $length, string $mark, int $tagBits, int $expiresAt): string
    {
        return pack('PV', $position, $length) . $mark . pack('P2', $tagBits, $expiresAt);
    }
}
