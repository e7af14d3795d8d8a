<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * An example of a doc comment: PHP code, and what it prints, with the placeholders of phpt's EXPECTF.
 */
final class Example
{
    private const PLACEHOLDERS = [
        '%%' => '%', '%s' => '[^\r\n]+', '%a' => '.+', '%d' => '\d+', '%i' => '[+-]?\d+', '%f' => '[+-]?\d+(?:\.\d+)?',
        '%x' => '[0-9a-fA-F]+',
    ];

    private function __construct(public readonly string $code, public readonly string $output)
    {
    }

    public static function parse(string $tag): self
    {
        if (!preg_match('/\A```php\n(.*?)\n```\s+```text\n(.*?)\n?```\z/s', $tag, $found)) {
            throw new \DomainException("an example is a block ```php and a block ```text, not\n$tag");
        }

        return new self($found[1], $found[2]);
    }

    public function isMetBy(string $output): bool
    {
        $pattern = strtr(preg_quote($this->output, '/'), self::PLACEHOLDERS);

        return preg_match("/\\A$pattern\\z/s", trim($output)) === 1;
    }
}
