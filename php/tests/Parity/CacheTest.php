<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;

use function Platen\cache_delete;
use function Platen\cache_flush_tag;
use function Platen\cache_get;
use function Platen\cache_set;
use function Platen\cache_stats;

final class CacheTest extends TestCase
{
    use ExpectsFailures;

    private string $hash;

    protected function setUp(): void
    {
        $this->hash = hash('sha256', random_bytes(8));
    }

    public function testWhatWasSetIsGotByteForByte(): void
    {
        $value = "line\n\0" . random_bytes(64);

        self::assertTrue(cache_set($this->hash, $value, 60));
        self::assertSame($value, cache_get($this->hash));
    }

    public function testTheLastValueWins(): void
    {
        cache_set($this->hash, 'first', 60);
        cache_set($this->hash, '', 60);

        self::assertSame('', cache_get($this->hash));
    }

    public function testAMissIsNull(): void
    {
        self::assertNull(cache_get($this->hash));
    }

    public function testAnExpiredValueIsAMiss(): void
    {
        cache_set($this->hash, 'value', 1);
        self::assertSame('value', cache_get($this->hash));

        usleep(1_050_000);

        self::assertNull(cache_get($this->hash));
    }

    public function testADeletedValueIsGone(): void
    {
        cache_set($this->hash, 'value', 60);

        self::assertTrue(cache_delete($this->hash));
        self::assertFalse(cache_delete($this->hash));
        self::assertNull(cache_get($this->hash));
    }

    public function testAFlushedTagTakesItsValues(): void
    {
        $other = hash('sha256', random_bytes(8));
        $tag = 'größe:' . bin2hex(random_bytes(8));
        cache_set($this->hash, 'value', 60, ['model:gpt-4o', $tag]);
        cache_set($other, 'other', 60, ['model:gpt-4o']);

        self::assertSame(1, cache_flush_tag($tag));
        self::assertSame(0, cache_flush_tag($tag));
        self::assertNull(cache_get($this->hash));
        self::assertSame('other', cache_get($other));
    }

    public function testUseIsCounted(): void
    {
        $before = cache_stats();
        cache_get($this->hash);
        cache_set($this->hash, 'value', 60);
        cache_get($this->hash);
        $after = cache_stats();

        self::assertSame(
            ['entries', 'used_bytes', 'max_bytes', 'hits', 'misses', 'stores', 'failed_stores', 'evictions'],
            array_keys((array) $after)
        );
        foreach (['entries' => 1, 'hits' => 1, 'misses' => 1, 'stores' => 1, 'failed_stores' => 0] as $name => $more) {
            self::assertSame($more, $after[$name] - $before[$name], $name);
        }
    }

    public function testATimeBeyondAllTimesIsForEver(): void
    {
        self::assertTrue(cache_set($this->hash, 'value', PHP_INT_MAX));
        self::assertSame('value', cache_get($this->hash));
    }

    /** @return array<string, array{callable(string): mixed, string}> */
    public static function refused(): array
    {
        return [
            'a hash that is a path' => [static fn () => cache_get('../../etc/passwd'), 'invalid_request'],
            'a hash in capitals' => [static fn () => cache_set(str_repeat('A', 64), 'x'), 'invalid_request'],
            'no time to live' => [static fn (string $hash) => cache_set($hash, 'x', 0), 'invalid_request'],
            'a value that is too long' => [
                static fn (string $hash) => cache_set($hash, str_repeat('x', 16 * 1024 * 1024 + 1)),
                'payload_too_large',
            ],
            'an empty tag' => [static fn (string $hash) => cache_set($hash, 'x', 60, ['']), 'invalid_request'],
            'a tag that is a number' => [static fn (string $hash) => cache_set($hash, 'x', 60, [7]), 'invalid_request'],
            'too many tags' => [
                static fn (string $hash) => cache_set($hash, 'x', 60, array_fill(0, 17, 'x')),
                'invalid_request',
            ],
            'a tag that is too long' => [static fn () => cache_flush_tag(str_repeat('x', 192)), 'invalid_request'],
            'a tag with a line break' => [static fn () => cache_flush_tag("a\nb"), 'invalid_request'],
            'a hash of nothing' => [static fn () => cache_delete(''), 'invalid_request'],
        ];
    }

    /**
     * @dataProvider refused
     * @param callable(string): mixed $call
     */
    public function testWhatCannotBeCachedIsRefused(callable $call, string $errorCode): void
    {
        self::expectFailure(InvalidInput::class, $errorCode, fn () => $call($this->hash));
    }
}
