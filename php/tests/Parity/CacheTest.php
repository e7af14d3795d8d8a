<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Tests\Fixture\ExpectsFailures;

use function Platen\cache_get;
use function Platen\cache_set;

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

    /** @return array<string, array{callable(string): mixed, string}> */
    public static function refused(): array
    {
        return [
            'a hash that is a path' => [static fn () => cache_get('../../etc/passwd'), 'invalid_request'],
            'a hash in capitals' => [static fn () => cache_set(str_repeat('A', 64), 'x'), 'invalid_request'],
            'no time to live' => [static fn (string $hash) => cache_set($hash, 'x', 0), 'invalid_request'],
            'a value that is too long' => [
                static fn (string $hash) => cache_set($hash, str_repeat('x', 1024 * 1024 + 1)),
                'payload_too_large',
            ],
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
