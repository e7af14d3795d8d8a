<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * The cache file that the extension and the daemon read and write too; src/cache/README.md describes it.
 *
 * Readers take no lock: a record's sum, position and hash tell whether it is whole and the one that was looked for.
 *
 * @internal
 */
final class CacheFile
{
    private const REQUEST_WAIT_NS = 20_000_000;
    private const FLUSH_WAIT_NS = 1_000_000_000;
    private const CHUNK_BYTES = 65536;

    private int $hits = 0;
    private int $misses = 0;
    private int $failedStores = 0;

    /** @param resource $file */
    private function __construct(
        private readonly string $path,
        private $file,
        private readonly Geometry $geometry,
        private readonly bool $isWritable,
        private readonly int $pid
    ) {
    }

    /** A request that ends leaves its counts behind. */
    public function __destruct()
    {
        if ($this->hits + $this->misses + $this->failedStores > 0 && $this->isCurrent()) {
            try {
                $this->writing(self::REQUEST_WAIT_NS, static fn (): bool => true);
            } catch (Unusable) {
                // They are only counts.
            }
        }
    }

    /** @throws Unusable */
    public static function open(string $path, int $maxBytes): self
    {
        Place::ensureDirectory(dirname($path));
        for ($try = 0; $try < 3; ++$try) {
            clearstatcache();
            if (is_link($path) || (file_exists($path) && !is_file($path))) {
                throw new Unusable('the cache path does not lead to a plain file');
            }
            if (!file_exists($path)) {
                $geometry = Geometry::ofSize($maxBytes);
                Place::create($path, $geometry->head(), $geometry->fileBytes());
            }
            $isWritable = is_writable($path);
            $file = @fopen($path, $isWritable ? 'r+b' : 'rb');
            if ($file === false) {
                throw new Unusable('the cache file cannot be used');
            }
            stream_set_read_buffer($file, 0);
            $geometry = Geometry::find((string) stream_get_contents($file, 128, 0));
            if ($geometry !== null) {
                return new self($path, $file, $geometry, $isWritable, (int) getmypid());
            }
            self::discard($path, $file);
        }

        throw new Unusable('the cache file is damaged');
    }

    /** Whether the path still leads to this file, and this process has opened it: its lock is its parent's as well. */
    public function isCurrent(): bool
    {
        return $this->pid === getmypid() && self::leadsTo($this->path, $this->file);
    }

    public function maxValueBytes(): int
    {
        return $this->geometry->maxValueBytes();
    }

    public function get(string $key, int $now): ?string
    {
        // A slot or a record that is being written is found whole at the second look.
        $value = $this->lookUp($key, $now) ?? $this->lookUp($key, $now);
        $value === null ? ++$this->misses : ++$this->hits;

        return $value;
    }

    /**
     * @param list<string> $tags
     * @throws Unusable
     */
    public function set(string $key, string $value, array $tags, int $expiresAt, int $now): void
    {
        $sums = array_map([Geometry::class, 'sum'], $tags);
        $body = Record::body($key, $value, $sums, $expiresAt);
        ++$this->failedStores;
        $this->writing(self::REQUEST_WAIT_NS, function (Progress $progress) use ($key, $body, $sums, $expiresAt, $now) {
            $length = Record::bytes($body);
            $aligned = $length + (Geometry::ALIGNMENT - $length % Geometry::ALIGNMENT) % Geometry::ALIGNMENT;
            $position = $this->geometry->nextPosition($progress->end, $aligned);
            $progress->end = $position + $aligned;
            [$place, $evicts] = $this->choose($key, $progress->end, $now);

            $this->write(Geometry::PROGRESS_AT, $progress->encode());
            $this->write($this->geometry->placeOf($position), Record::placedAt($position, $body));
            $slot = [$position, $length, Slot::markOf($key), Slot::tagBitsOf($sums), $expiresAt];
            $this->write($place, Slot::encode(...$slot));
            ++$progress->stores;
            --$progress->failedStores;
            $progress->evictions += (int) $evicts;
        });
    }

    /** @throws Unusable */
    public function delete(string $key, int $now): bool
    {
        return $this->writing(self::FLUSH_WAIT_NS, function () use ($key, $now): bool {
            $wasThere = false;
            foreach ($this->slots($key) as $slot) {
                $head = $this->read($this->geometry->placeOf($slot->position), Geometry::RECORD_HEAD_BYTES);
                if (Record::isOf($head, $slot->position, $key)) {
                    $wasThere = $wasThere || $slot->expiresAt > $now;
                    $this->write($slot->place, str_repeat("\0", Geometry::SLOT_BYTES));
                }
            }

            return $wasThere;
        });
    }

    /** @throws Unusable */
    public function flushTag(string $tag, int $now): int
    {
        $sum = Geometry::sum($tag);
        $bit = Slot::tagBitsOf([$sum]);
        $flushed = 0;
        for ($at = $this->geometry->indexAt(); $at < $this->geometry->indexEnd(); $at += self::CHUNK_BYTES) {
            $flushed += $this->writing(self::FLUSH_WAIT_NS, function () use ($at, $sum, $bit, $now): int {
                $flushed = 0;
                foreach ($this->chunk($at) as $slot) {
                    if (($slot->tagBits & $bit) === 0) {
                        continue;
                    }
                    $head = $this->read($this->geometry->placeOf($slot->position), Geometry::maxOverhead());
                    if (Record::hasTag($head, $slot->position, $sum)) {
                        $this->write($slot->place, str_repeat("\0", Geometry::SLOT_BYTES));
                        $flushed += (int) ($slot->expiresAt > $now);
                    }
                }

                return $flushed;
            });
        }

        return $flushed;
    }

    /**
     * @return array<string, int>
     * @throws Unusable
     */
    public function stats(int $now): array
    {
        $progress = $this->progress();
        $this->addCounts($progress);
        [$entries, $usedBytes, $evictions] = [0, 0, $progress->evictions];
        for ($at = $this->geometry->indexAt(); $at < $this->geometry->indexEnd(); $at += self::CHUNK_BYTES) {
            foreach ($this->chunk($at) as $slot) {
                if ($slot->position >= $progress->end || $slot->expiresAt <= $now) {
                    continue;
                }
                if ($this->geometry->isKept($slot->position, $progress->end)) {
                    ++$entries;
                    $usedBytes += intdiv($slot->recordBytes + Geometry::ALIGNMENT - 1, Geometry::ALIGNMENT)
                        * Geometry::ALIGNMENT;
                } else {
                    // Overwritten, and nobody has needed its slot since.
                    ++$evictions;
                }
            }
        }

        return [
            'entries' => $entries,
            'used_bytes' => $usedBytes,
            'max_bytes' => $this->geometry->fileBytes(),
            'hits' => $progress->hits,
            'misses' => $progress->misses,
            'stores' => $progress->stores,
            'failed_stores' => $progress->failedStores,
            'evictions' => $evictions,
        ];
    }

    private function lookUp(string $key, int $now): ?string
    {
        foreach ($this->slots($key) as $slot) {
            if ($slot->expiresAt <= $now || $slot->recordBytes > $this->geometry->maxRecordBytes()) {
                continue;
            }
            $record = $this->read($this->geometry->placeOf($slot->position), $slot->recordBytes);
            $value = Record::open($record, $slot, $key, $now);
            if ($value !== null) {
                return $value;
            }
        }

        return null;
    }

    /** @return iterable<Slot> The slots that may be those of a hash. */
    private function slots(string $key): iterable
    {
        $place = $this->geometry->bucketAt($key);
        $mark = Slot::markOf($key);
        foreach (Slot::all($this->read($place, Geometry::BUCKET_BYTES), $place) as $slot) {
            if ($slot->position > 0 && $slot->mark === $mark) {
                yield $slot;
            }
        }
    }

    /** @return iterable<Slot> The slots that are in use in a part of the index. */
    private function chunk(int $at): iterable
    {
        $bytes = $this->read($at, min(self::CHUNK_BYTES, $this->geometry->indexEnd() - $at));
        foreach (Slot::all($bytes, $at) as $slot) {
            if ($slot->position > 0) {
                yield $slot;
            }
        }
    }

    /**
     * The slot for a hash: its own, or else a free one, or else that of the oldest record.
     *
     * @return array{int, bool} Its place, and whether what stood there could still have been read.
     */
    private function choose(string $key, int $end, int $now): array
    {
        $place = $this->geometry->bucketAt($key);
        $bucket = str_pad($this->read($place, Geometry::BUCKET_BYTES), Geometry::BUCKET_BYTES, "\0");
        $best = null;
        foreach (Slot::all($bucket, $place) as $slot) {
            $isKept = $this->geometry->isKept($slot->position, $end);
            $rank = match (true) {
                $slot->position !== 0 && $slot->mark === Slot::markOf($key) => [0, 0],
                $isKept && $slot->expiresAt > $now => [2, $slot->position],
                default => [1, 0],
            };
            if ($best === null || $rank < $best[0]) {
                $wasOverwritten = $slot->position > 0 && $slot->position < $end && !$isKept;
                $evicts = $rank[0] === 2 || ($wasOverwritten && $slot->expiresAt > $now);
                $best = [$rank, $slot->place, $evicts];
            }
        }

        return [$best[1] ?? $place, $best[2] ?? false];
    }

    /**
     * Runs an action under the writers' lock and keeps the progress it has made.
     *
     * @template T
     * @param callable(Progress): T $action
     * @return T
     * @throws Unusable
     */
    private function writing(int $waitNs, callable $action): mixed
    {
        if (!$this->isWritable) {
            throw new Unusable('the cache file can only be read');
        }
        self::lock($this->file, $waitNs);
        try {
            $progress = $this->progress();
            $this->addCounts($progress);
            try {
                return $action($progress);
            } finally {
                $this->write(Geometry::PROGRESS_AT, $progress->encode());
                [$this->hits, $this->misses, $this->failedStores] = [0, 0, 0];
            }
        } finally {
            flock($this->file, LOCK_UN);
        }
    }

    private function addCounts(Progress $progress): void
    {
        $progress->hits += $this->hits;
        $progress->misses += $this->misses;
        $progress->failedStores += $this->failedStores;
    }

    private function progress(): Progress
    {
        $progress = Progress::decode($this->read(Geometry::PROGRESS_AT, Geometry::PROGRESS_BYTES));
        if ($progress === null) {
            self::moveAway($this->path, $this->file);
            throw new Unusable('the cache file is damaged');
        }

        return $progress;
    }

    private function read(int $at, int $length): string
    {
        return (string) stream_get_contents($this->file, $length, $at);
    }

    private function write(int $at, string $bytes): void
    {
        if (fseek($this->file, $at) !== 0 || @fwrite($this->file, $bytes) !== strlen($bytes)) {
            throw new Unusable('the cache file cannot be written');
        }
    }

    /**
     * Moves a damaged file away, unless another process has done so since.
     *
     * @param resource $file
     */
    private static function discard(string $path, $file): void
    {
        self::lock($file, self::REQUEST_WAIT_NS);
        self::moveAway($path, $file);
        flock($file, LOCK_UN);
    }

    /** @param resource $file Locked. */
    private static function moveAway(string $path, $file): void
    {
        if (self::leadsTo($path, $file) && !@rename($path, $path . '.damaged')) {
            throw new Unusable('the damaged cache file cannot be moved away');
        }
    }

    /** @param resource $file */
    private static function leadsTo(string $path, $file): bool
    {
        clearstatcache(true, $path);
        $there = @lstat($path);
        $here = fstat($file);

        return $there !== false && $here !== false && $there['ino'] === $here['ino'] && $there['dev'] === $here['dev'];
    }

    /** @param resource $file */
    private static function lock($file, int $waitNs): void
    {
        $giveUp = hrtime(true) + $waitNs;
        while (!flock($file, LOCK_EX | LOCK_NB)) {
            if (hrtime(true) >= $giveUp) {
                throw new Unusable('the cache is in use');
            }
            usleep(50);
        }
    }
}
