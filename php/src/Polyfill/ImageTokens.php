<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * What an image costs, after OpenAI's guide "Images and vision", section on GPT-4o.
 *
 * @internal
 */
final class ImageTokens
{
    private const BASE_TOKENS = 85;
    private const TILE_TOKENS = 170;
    private const TILE_PIXELS = 512;
    private const MAX_SIDE_PIXELS = 2048;
    private const MAX_SHORT_SIDE_PIXELS = 768;
    /** An image whose size is not known counts as a square of this. */
    private const UNKNOWN_SIDE_PIXELS = 1024;
    /** A larger number is no size of an image. */
    private const MOST_PIXELS = 0xFFFFFFFF;

    /** @param array<mixed> $part */
    public static function ofPart(array $part): int
    {
        $detail = $part['image_url']['detail'] ?? $part['detail'] ?? null;
        if ($detail === 'low') {
            return self::BASE_TOKENS;
        }
        [$width, $height] = [self::side($part['width'] ?? null), self::side($part['height'] ?? null)];
        if ($width === null || $height === null) {
            $width = $height = self::UNKNOWN_SIDE_PIXELS;
        }
        [$long, $short] = [max($width, $height), min($width, $height)];
        if ($long > self::MAX_SIDE_PIXELS) {
            $short = intdiv($short * self::MAX_SIDE_PIXELS, $long);
            $long = self::MAX_SIDE_PIXELS;
        }
        if ($short > self::MAX_SHORT_SIDE_PIXELS) {
            $long = intdiv($long * self::MAX_SHORT_SIDE_PIXELS, $short);
            $short = self::MAX_SHORT_SIDE_PIXELS;
        }

        return self::BASE_TOKENS + self::TILE_TOKENS * self::tiles($long) * self::tiles($short);
    }

    private static function side(mixed $side): ?int
    {
        return is_int($side) && $side >= 0 && $side <= self::MOST_PIXELS ? $side : null;
    }

    private static function tiles(int $pixels): int
    {
        return max(1, intdiv($pixels + self::TILE_PIXELS - 1, self::TILE_PIXELS));
    }
}
