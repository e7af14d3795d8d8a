<?php

declare(strict_types=1);

namespace Platen\Tests\Fixture;

/**
 * The golden values that Rust, phpt and PHPUnit share.
 */
final class Vectors
{
    public static function path(string $file): string
    {
        return dirname(__DIR__, 3) . '/tests/vectors/' . $file;
    }

    /**
     * Gives the cases of one file as a PHPUnit data provider.
     *
     * @return array<string, array{array<string, mixed>}>
     */
    public static function cases(string $file): array
    {
        $content = file_get_contents(self::path($file));
        $vectors = json_decode((string) $content, true, 512, JSON_THROW_ON_ERROR);

        $list = $vectors['cases'] ?? $vectors;

        $cases = [];
        foreach ($list as $number => $case) {
            $cases[$case['name'] ?? "case $number"] = [$case];
        }
        if (count($cases) !== count($list)) {
            throw new \LogicException("two cases of $file have the same name");
        }

        return $cases;
    }
}
