<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;

/**
 * A text that no dump, export, cast or comparison of the objects that hold it comes across.
 *
 * Only reflection on this very class finds it. The extension keeps keys out of PHP's reach altogether.
 *
 * @internal
 */
final class Hidden
{
    /** @var \WeakMap<self, string> */
    private static \WeakMap $texts;

    public function __construct(#[\SensitiveParameter] string $text)
    {
        self::$texts ??= new \WeakMap();
        self::$texts[$this] = $text;
    }

    public function text(): string
    {
        return self::$texts[$this];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw Fault::invalidKey('a key cannot be serialised');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw Fault::invalidKey('a key cannot be serialised');
    }

    private function __clone()
    {
    }
}
