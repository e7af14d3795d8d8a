<?php

declare(strict_types=1);

namespace Platen\Polyfill\Redaction;

/**
 * International bank account numbers (ISO 13616): the length of the country, and the remainder of 97.
 *
 * @internal
 */
final class Account
{
    /** Country and length in characters, after the registry of SWIFT, release 99. */
    private const COUNTRIES = [
        'AD' => 24, 'AE' => 23, 'AL' => 28, 'AT' => 20, 'AZ' => 28, 'BA' => 20, 'BE' => 16, 'BG' => 22, 'BH' => 22, 'BI' => 27,
        'BR' => 29, 'BY' => 28, 'CH' => 21, 'CR' => 22, 'CY' => 28, 'CZ' => 24, 'DE' => 22, 'DJ' => 27, 'DK' => 18, 'DO' => 28,
        'EE' => 20, 'EG' => 29, 'ES' => 24, 'FI' => 18, 'FK' => 18, 'FO' => 18, 'FR' => 27, 'GB' => 22, 'GE' => 22, 'GI' => 23,
        'GL' => 18, 'GR' => 27, 'GT' => 28, 'HN' => 28, 'HR' => 21, 'HU' => 28, 'IE' => 22, 'IL' => 23, 'IQ' => 23, 'IS' => 26,
        'IT' => 27, 'JO' => 30, 'KW' => 30, 'KZ' => 20, 'LB' => 28, 'LC' => 32, 'LI' => 21, 'LT' => 20, 'LU' => 20, 'LV' => 21,
        'LY' => 25, 'MC' => 27, 'MD' => 24, 'ME' => 22, 'MK' => 19, 'MN' => 20, 'MR' => 27, 'MT' => 31, 'MU' => 30, 'NI' => 28,
        'NL' => 18, 'NO' => 15, 'OM' => 23, 'PK' => 24, 'PL' => 28, 'PS' => 29, 'PT' => 25, 'QA' => 29, 'RO' => 24, 'RS' => 22,
        'RU' => 33, 'SA' => 24, 'SC' => 31, 'SD' => 18, 'SE' => 24, 'SI' => 19, 'SK' => 24, 'SM' => 27, 'SO' => 23, 'ST' => 25,
        'SV' => 28, 'TL' => 23, 'TN' => 24, 'TR' => 26, 'UA' => 29, 'VA' => 22, 'VG' => 24, 'XK' => 20, 'YE' => 30,
    ];

    /** @return array{int, int}|null */
    public static function next(string $text, int $from): ?array
    {
        // The check digits are the first digits of the number, behind the two letters of the country.
        return Text::firstAtANumber(
            $text,
            $from,
            static fn (string $text, int $digit): ?array => $digit - 2 < $from ? null : self::read($text, $digit - 2)
        );
    }

    /** @return array{int, int}|null */
    private static function read(string $text, int $start): ?array
    {
        $length = self::COUNTRIES[strtoupper(substr($text, $start, 2))] ?? null;
        if ($length === null || Text::isClosedBefore($text, $start)) {
            return null;
        }
        $separator = Text::at($text, $start + 4);
        $isGrouped = $separator === ' ' || $separator === '-';
        $end = $start + $length + ($isGrouped ? intdiv($length - 1, 4) : 0);
        $number = substr($text, $start, $end - $start);
        if ($isGrouped) {
            $groups = explode($separator, $number);
            $number = implode('', $groups);
            $sizes = array_map('strlen', array_slice($groups, 0, -1));
            if (array_diff($sizes, [4]) !== []) {
                return null;
            }
        }
        $isValid = preg_match('/\A[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]+\z/', $number) === 1
            && strlen($number) === $length
            && !Text::isClosedAfter($text, $end)
            && self::remainder(strtoupper($number)) === 1;

        return $isValid ? [$start, $end] : null;
    }

    /** ISO 7064 MOD 97-10: the first four characters go last, letters count from 10. */
    private static function remainder(string $number): int
    {
        $sum = 0;
        foreach (str_split(substr($number, 4) . substr($number, 0, 4)) as $character) {
            $value = (int) base_convert($character, 36, 10);
            $sum = ($sum * ($value < 10 ? 10 : 100) + $value) % 97;
        }

        return $sum;
    }
}
