<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;
use Platen\Polyfill\Cache\CacheFile;
use Platen\Polyfill\Cache\Geometry;
use Platen\Polyfill\Cache\Unusable;
use Platen\Polyfill\PromptCache;

use function Platen\cache_delete;
use function Platen\cache_flush_tag;
use function Platen\cache_get;
use function Platen\cache_set;
use function Platen\cache_stats;

/**
 * The polyfill's side of the cache file. With the extension loaded, the functions are its own, and both sides meet in
 * one file.
 */
final class SharedCacheTest extends TestCase
{
    private const NOW = 1_800_000_000_000_000;
    private const HOUR = 3_600_000_000;

    private string $directory;
    private string $path;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir() . '/platen-test-' . bin2hex(random_bytes(6));
        mkdir($this->directory, 0700);
        $this->path = $this->directory . '/prompts.cache';
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob($this->directory . '/*') ?: []);
        rmdir($this->directory);
    }

    public function testEachSideFindsWhatTheOtherHasStored(): void
    {
        [$one, $other] = [hash('sha256', random_bytes(8)), hash('sha256', random_bytes(8))];

        cache_set($one, "from\0one side", 60, ['side:one', 'version:1']);
        PromptCache::set($other, "from the other\xff", 60, ['side:other', 'version:1']);

        self::assertSame("from\0one side", PromptCache::get($one));
        self::assertSame("from the other\xff", cache_get($other));
        self::assertSame(cache_stats()['entries'] ?? null, PromptCache::stats()['entries'] ?? 0);
    }

    public function testEachSideRemovesWhatTheOtherHasStored(): void
    {
        $hashes = array_map(static fn (): string => hash('sha256', random_bytes(8)), range(0, 3));
        [$tag, $otherTag] = [bin2hex(random_bytes(8)), bin2hex(random_bytes(8))];
        cache_set($hashes[0], 'a', 60, [$tag]);
        cache_set($hashes[1], 'b', 60, ['x']);
        PromptCache::set($hashes[2], 'c', 60, ['x', $otherTag]);
        PromptCache::set($hashes[3], 'd', 60, []);

        self::assertSame(1, PromptCache::flushTag($tag));
        self::assertTrue(PromptCache::delete($hashes[1]));
        self::assertSame(1, cache_flush_tag($otherTag));
        self::assertTrue(cache_delete($hashes[3]));

        foreach ($hashes as $hash) {
            self::assertNull(cache_get($hash));
            self::assertNull(PromptCache::get($hash));
        }
    }

    public function testTheRingGoesRoundAndEveryValueIsWhole(): void
    {
        $file = CacheFile::open($this->path, 1 << 20);
        $value = static fn (int $n): string => str_repeat(chr($n % 251), $n * 7919 % 60_000);
        for ($n = 0; $n < 200; ++$n) {
            $file->set(hash('sha256', (string) $n, true), $value($n), [], self::NOW + self::HOUR, self::NOW);
        }

        $found = 0;
        for ($n = 0; $n < 200; ++$n) {
            $got = $file->get(hash('sha256', (string) $n, true), self::NOW);
            self::assertTrue($got === null || $got === $value($n), "value $n");
            $found += (int) ($got !== null);
        }
        self::assertGreaterThan(20, $found);
        self::assertLessThan(100, $found);
        self::assertSame(200, $file->stats(self::NOW)['stores']);
        self::assertLessThanOrEqual(1 << 20, filesize($this->path));
    }

    public function testAGarbledValueIsAMiss(): void
    {
        $file = CacheFile::open($this->path, 1 << 20);
        $key = hash('sha256', 'key', true);
        $file->set($key, str_repeat('x', 100), [], self::NOW + self::HOUR, self::NOW);
        $geometry = Geometry::ofSize(1 << 20);
        $raw = fopen($this->path, 'r+b');
        fseek($raw, $geometry->placeOf($geometry->ringBytes) + 70);
        fwrite($raw, 'y');

        self::assertNull($file->get($key, self::NOW));
    }

    public function testADamagedFileIsKeptAsideAndMadeAnew(): void
    {
        file_put_contents($this->path, 'no cache');

        $file = CacheFile::open($this->path, 1 << 20);
        $file->set(str_repeat('k', 32), 'value', [], self::NOW + self::HOUR, self::NOW);

        self::assertSame('value', $file->get(str_repeat('k', 32), self::NOW));
        self::assertSame('no cache', file_get_contents($this->path . '.damaged'));
        self::assertSame('0660', substr(sprintf('%o', fileperms($this->path)), -4));
    }

    public function testTheDatabaseOfAnotherProgramIsLeftAlone(): void
    {
        file_put_contents($this->path, "SQLite format 3\0");

        $this->expectException(Unusable::class);

        CacheFile::open($this->path, 1 << 20);
    }

    public function testADirectoryThatAnyoneCanChangeIsRefused(): void
    {
        chmod($this->directory, 0777);

        $this->expectException(Unusable::class);

        CacheFile::open($this->path, 1 << 20);
    }
}
