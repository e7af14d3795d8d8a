<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Polyfill\PromptCache;

final class PromptCacheTest extends TestCase
{
    private string $hash;

    protected function setUp(): void
    {
        $this->hash = hash('sha256', random_bytes(8));
    }

    public function testWhatWasSetIsGotByteForByte(): void
    {
        $value = "line\n\0" . random_bytes(64);

        self::assertTrue(PromptCache::set($this->hash, $value, 60));
        self::assertSame($value, PromptCache::get($this->hash));
    }

    public function testTheLastValueWins(): void
    {
        PromptCache::set($this->hash, 'first', 60);
        PromptCache::set($this->hash, '', 60);

        self::assertSame('', PromptCache::get($this->hash));
    }

    public function testAMissIsNull(): void
    {
        self::assertNull(PromptCache::get($this->hash));
    }

    public function testAnExpiredValueIsAMissAndItsFileGoes(): void
    {
        PromptCache::set($this->hash, 'value', 60);
        $file = (string) current(glob(sys_get_temp_dir() . '/platen-cache-*/' . $this->hash) ?: []);
        file_put_contents($file, "1\nvalue");

        self::assertNull(PromptCache::get($this->hash));
        self::assertFileDoesNotExist($file);
    }

    public function testAHashThatIsAPathIsRefused(): void
    {
        $this->expectException(InvalidInput::class);

        PromptCache::get('../../etc/passwd');
    }

    public function testATimeToLiveOfNothingIsRefused(): void
    {
        $this->expectException(InvalidInput::class);

        PromptCache::set($this->hash, 'value', 0);
    }
}
