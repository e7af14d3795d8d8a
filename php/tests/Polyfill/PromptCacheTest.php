<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;
use Platen\Polyfill\PromptCache;

final class PromptCacheTest extends TestCase
{
    private string $hash;

    protected function setUp(): void
    {
        $this->hash = hash('sha256', random_bytes(8));
        PromptCache::set($this->hash, 'value', 60);
    }

    public function testTheFileOfAnExpiredValueGoes(): void
    {
        file_put_contents($this->file(), "1\nvalue");

        self::assertNull(PromptCache::get($this->hash));
        self::assertFileDoesNotExist($this->file());
    }

    public function testNobodyElseCanReadTheFiles(): void
    {
        self::assertSame('0700', substr(sprintf('%o', fileperms(dirname($this->file()))), -4));
    }

    public function testAFileThatIsNoneOfOursIsAMiss(): void
    {
        file_put_contents($this->file(), 'garbage');

        self::assertNull(PromptCache::get($this->hash));
    }

    private function file(): string
    {
        return sys_get_temp_dir() . '/platen-cache-' . posix_geteuid() . '/' . $this->hash;
    }
}
