<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * How far the file is written, and what was counted. Changed only under the lock.
 *
 * @internal
 */
final class Progress
{
    private function __construct(
        public int $end,
        public int $hits = 0,
        public int $misses = 0,
        public int $stores = 0,
        public int $failedStores = 0,
        public int $evictions = 0
    ) {
    }

    /** Positions begin with the second lap, so that none of them is 0. */
    public static function ofNewFile(int $ringBytes): self
    {
        return new self($ringBytes);
    }

    /** Null when the bytes are garbled. */
    public static function decode(string $bytes): ?self
    {
        if (strlen($bytes) < 56 || Geometry::sum(substr($bytes, 0, 48)) !== substr($bytes, 48, 8)) {
            return null;
        }

        return new self(...array_values(unpack('P6', $bytes)));
    }

    public function encode(): string
    {
        $numbers = pack(
            'P6',
            $this->end,
            $this->hits,
            $this->misses,
            $this->stores,
            $this->failedStores,
            $this->evictions
        );

        return $numbers . Geometry::sum($numbers);
    }
}
