<?php

declare(strict_types=1);

namespace Platen\Tests\Fixture;

/**
 * The golden values that Rust, phpt and PHPUnit share.
 */
final class Vectors
{
    /**
     * Gives the cases of one file as a PHPUnit data provider.
     *
     * @return array<string, array{array<string, mixed>}>
     */
    public static function cases(string $file): array
    {
        $path = dirname(__DIR__, 3) . '/tests/vectors/' . $file;
        $content = file_get_contents($path);
        $vectors = json_decode((string) $content, true, 512, JSON_THROW_ON_ERROR);

        $cases = [];
        foreach ($vectors['cases'] as $case) {
            $cases[$case['name']] = [$case];
        }
        if (count($cases) !== count($vectors['cases'])) {
            throw new \LogicException("two cases of $file have the same name");
        }

        return $cases;
    }
}
