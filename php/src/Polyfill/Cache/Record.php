<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * One entry as it is written: its sum, its position, its hash, its end, its tags and its value.
 *
 * @internal
 */
final class Record
{
    /** The bytes that change with the position: the sum and the position itself. */
    private const PLACE_BYTES = 16;

    /** @param list<string> $sums The sums of the tags. */
    public static function body(string $key, string $value, array $sums, int $expiresAt): string
    {
        return $key . pack('PV2', $expiresAt, strlen($value), count($sums)) . implode('', $sums) . $value;
    }

    /** A record of this body, for this position. */
    public static function placedAt(int $position, string $body): string
    {
        return self::sum($position, $body) . pack('P', $position) . $body;
    }

    public static function bytes(string $body): int
    {
        return self::PLACE_BYTES + strlen($body);
    }

    /** The value of a record, if it is whole and the one that was looked for. */
    public static function open(string $record, Slot $slot, string $key, int $now): ?string
    {
        if (strlen($record) < Geometry::RECORD_HEAD_BYTES || !self::isOf($record, $slot->position, $key)) {
            return null;
        }
        [1 => $expiresAt] = unpack('P', $record, 48);
        [1 => $valueBytes, 2 => $tagCount] = unpack('V2', $record, 56);
        $valueAt = Geometry::RECORD_HEAD_BYTES + 8 * $tagCount;
        $isIt = $expiresAt > $now
            && strlen($record) === $valueAt + $valueBytes
            && $slot->tagBits === Slot::tagBitsOf(self::tags($record))
            && substr($record, 0, 8) === self::sum($slot->position, substr($record, self::PLACE_BYTES));

        return $isIt ? substr($record, $valueAt) : null;
    }

    /** Whether the first bytes of a record at a position belong to a hash. */
    public static function isOf(string $head, int $position, string $key): bool
    {
        return substr($head, 8, 8) === pack('P', $position) && substr($head, 16, 32) === $key;
    }

    /** Whether a record at a position has a tag. */
    public static function hasTag(string $record, int $position, string $sum): bool
    {
        return substr($record, 8, 8) === pack('P', $position) && in_array($sum, self::tags($record), true);
    }

    /** @return list<string> */
    private static function tags(string $record): array
    {
        $count = strlen($record) < Geometry::RECORD_HEAD_BYTES ? 0 : unpack('V', $record, 60)[1];
        $tags = substr($record, Geometry::RECORD_HEAD_BYTES, min(8 * $count, 8 * 1024));

        return $tags === '' ? [] : str_split($tags, 8);
    }

    /** The position is part of the sum, so that a record of an earlier lap is never taken for a later one. */
    private static function sum(int $position, string $body): string
    {
        return Geometry::sum(pack('P', $position) . Geometry::sum($body));
    }
}
