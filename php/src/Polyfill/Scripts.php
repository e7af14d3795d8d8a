<?php

declare(strict_types=1);

namespace Platen\Polyfill;

/**
 * In which script a piece of a text is written, as far as estimates tell scripts apart; as src/core/src/tokens/script.rs.
 *
 * @internal
 */
final class Scripts
{
    private const WORD = 0;
    private const NUMBER = 1;
    private const MARK = 2;
    private const LATIN = 3;
    private const GREEK = 4;
    private const CYRILLIC = 5;
    private const ARMENIAN = 6;
    private const HEBREW = 7;
    private const ARABIC = 8;
    private const DEVANAGARI = 9;
    private const ORIYA = 10;
    private const INDIC = 11;
    private const THAI = 12;
    private const GEORGIAN = 13;
    private const OTHER = 14;
    private const HAN = 15;
    private const KANA = 16;
    private const HANGUL = 17;
    private const SYMBOL = 18;
    private const WORD_PARTS = 19;
    private const LATIN_PARTS = 20;

    /** The number of the script of a piece of so many tokens. */
    public static function of(string $piece, int $tokens): int
    {
        $script = self::ofText($piece);

        return match (true) {
            $tokens <= 1 => $script,
            $script === self::WORD => self::WORD_PARTS,
            $script === self::LATIN => self::LATIN_PARTS,
            default => $script,
        };
    }

    /** That of the first character beyond ASCII. */
    private static function ofText(string $piece): int
    {
        if (preg_match('/[\x80-\xFF]/', $piece, $found, PREG_OFFSET_CAPTURE) === 1) {
            $place = $found[0][1];

            return self::ofWide(ord($piece[$place]), ord($piece[$place + 1] ?? "\x80"));
        }
        if (preg_match('/[A-Za-z]/', $piece) === 1) {
            return self::WORD;
        }

        return preg_match('/[0-9]/', $piece) === 1 ? self::NUMBER : self::MARK;
    }

    private static function ofWide(int $first, int $second): int
    {
        return match (true) {
            $first === 0xD4 => $second < 0xB0 ? self::CYRILLIC : self::ARMENIAN,
            $first === 0xD6 => $second < 0x90 ? self::ARMENIAN : self::HEBREW,
            $first === 0xE0 => self::ofIndia($second),
            $first === 0xE1 => match (true) {
                $second === 0x83 => self::GEORGIAN,
                $second >= 0xBC => self::GREEK,
                default => $second >= 0xB8 ? self::LATIN : self::OTHER,
            },
            $first === 0xE3 => $second <= 0x83 ? self::KANA : self::HAN,
            $first === 0xEA => $second >= 0xB0 ? self::HANGUL : self::SYMBOL,
            $first <= 0xCD => self::LATIN,
            $first <= 0xCF => self::GREEK,
            $first <= 0xD3 => self::CYRILLIC,
            $first <= 0xD5 => self::ARMENIAN,
            $first <= 0xD7 => self::HEBREW,
            $first <= 0xDF => self::ARABIC,
            $first <= 0xE2 => self::SYMBOL,
            $first <= 0xE9 => self::HAN,
            $first <= 0xED => self::HANGUL,
            default => self::SYMBOL,
        };
    }

    private static function ofIndia(int $second): int
    {
        return match ($second) {
            0xA4, 0xA5 => self::DEVANAGARI,
            0xAC, 0xAD => self::ORIYA,
            0xB8, 0xB9, 0xBA, 0xBB => self::THAI,
            default => self::INDIC,
        };
    }
}
