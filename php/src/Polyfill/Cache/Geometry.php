<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * Where things are in the cache file; src/cache/src/layout.rs has the description. All numbers are little-endian.
 *
 * @internal
 */
final class Geometry
{
    public const PROGRESS_AT = 64;
    public const PROGRESS_BYTES = 56;
    public const BUCKET_BYTES = 256;
    public const SLOT_BYTES = 32;
    /** The bytes of a record before its tags. */
    public const RECORD_HEAD_BYTES = 64;
    public const ALIGNMENT = 64;

    private const PAGE_BYTES = 4096;
    private const MAGIC = 'PLTCACHE';
    private const VERSION = 1;
    private const MIN_BYTES = 1 << 20;
    private const MAX_BYTES = 1 << 40;
    private const MAX_VALUE_BYTES = 16 * 1024 * 1024;
    private const MAX_TAGS = 16;

    private function __construct(private readonly int $buckets, public readonly int $ringBytes)
    {
    }

    public static function ofSize(int $maxBytes): self
    {
        $maxBytes = max(self::MIN_BYTES, min($maxBytes, self::MAX_BYTES));
        $buckets = 1;
        while ($buckets * 2 <= intdiv($maxBytes, 4096)) {
            $buckets *= 2;
        }
        $ringBytes = $maxBytes - self::PAGE_BYTES - $buckets * self::BUCKET_BYTES;

        return new self($buckets, $ringBytes - $ringBytes % self::ALIGNMENT);
    }

    /**
     * Reads the first bytes of a file; null when they are damaged or of an earlier version.
     *
     * @throws Unusable If it is the file of another program or of a later version.
     */
    public static function find(string $head): ?self
    {
        $version = strlen($head) < 12 ? 0 : unpack('V', $head, 8)[1];
        if (str_starts_with($head, 'SQLite f') || (str_starts_with($head, self::MAGIC) && $version > self::VERSION)) {
            throw new Unusable('the cache path leads to a file that is not a cache of this version');
        }
        $sealed = substr($head, 0, 32);
        if (
            strlen($head) < 40 || !str_starts_with($head, self::MAGIC) || $version !== self::VERSION
            || self::sum($sealed) !== substr($head, 32, 8)
        ) {
            return null;
        }
        [1 => $buckets, 2 => $ringBytes] = unpack('P2', $head, 16);
        $isSound = $buckets > 0 && ($buckets & ($buckets - 1)) === 0 && $buckets <= intdiv(self::MAX_BYTES, 4096)
            && $ringBytes >= self::MIN_BYTES / 2 && $ringBytes <= self::MAX_BYTES
            && $ringBytes % self::ALIGNMENT === 0;

        return $isSound ? new self($buckets, $ringBytes) : null;
    }

    /** The first bytes of a new file. */
    public function head(): string
    {
        $sealed = self::MAGIC . pack('V2P2', self::VERSION, 0, $this->buckets, $this->ringBytes);

        return str_pad($sealed . self::sum($sealed), self::PROGRESS_AT, "\0")
            . Progress::ofNewFile($this->ringBytes)->encode();
    }

    public function fileBytes(): int
    {
        return $this->indexEnd() + $this->ringBytes;
    }

    public function indexAt(): int
    {
        return self::PAGE_BYTES;
    }

    public function indexEnd(): int
    {
        return self::PAGE_BYTES + $this->buckets * self::BUCKET_BYTES;
    }

    public function maxValueBytes(): int
    {
        return min(self::MAX_VALUE_BYTES, intdiv($this->ringBytes, 2) - self::maxOverhead());
    }

    public function maxRecordBytes(): int
    {
        return $this->maxValueBytes() + self::maxOverhead();
    }

    public static function maxOverhead(): int
    {
        return self::RECORD_HEAD_BYTES + 8 * self::MAX_TAGS;
    }

    /** Where the bucket of a hash of 32 bytes begins in the file. */
    public function bucketAt(string $key): int
    {
        return self::PAGE_BYTES + (unpack('P', $key)[1] & ($this->buckets - 1)) * self::BUCKET_BYTES;
    }

    public function placeOf(int $position): int
    {
        return $this->indexEnd() + $position % $this->ringBytes;
    }

    /** Where a record of so many bytes goes that is written next: never over the end of the ring. */
    public function nextPosition(int $end, int $recordBytes): int
    {
        $toEnd = $this->ringBytes - $end % $this->ringBytes;

        return $recordBytes <= $toEnd ? $end : $end + $toEnd;
    }

    /** Whether a record that begins there has been written, and is not a lap old. */
    public function isKept(int $position, int $end): bool
    {
        return $position > 0 && $position < $end && $end - $position <= $this->ringBytes;
    }

    /** XXH3 of 64 bits, as it stands in the file. */
    public static function sum(string $bytes): string
    {
        return strrev(hash('xxh3', $bytes, true));
    }
}
