<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;
use Platen\Polyfill\Redaction\Account;
use Platen\Polyfill\Redaction\Card;
use Platen\Polyfill\Redaction\Email;
use Platen\Polyfill\Redaction\Ip;
use Platen\Polyfill\Redaction\Phone;
use Platen\Polyfill\Redaction\Placeholder;
use Platen\Polyfill\Redaction\Secret;
use Platen\Polyfill\Redaction\Ssn;
use Platen\Polyfill\Redaction\Url;

/**
 * Takes personal data and secrets out of a text and puts them back, as the extension does to the byte.
 *
 * Each detector gives its first finding behind a place; the findings are merged from left to right. Patterns with a
 * literal at their end are matched against a copy of a small window: PCRE looks for that literal far ahead in whatever
 * it is given, and the time would no longer be linear.
 *
 * @internal
 */
final class Redaction
{
    private const MAX_TEXT_BYTES = 16 * 1024 * 1024;
    /** The most findings of one text. */
    private const MAX_FINDINGS = 100_000;

    /**
     * @param array<string, mixed> $rules
     * @return array{text: string, findings: list<array{kind: string, start: int, end: int, placeholder: string}>,
     *     map: array<string, string>}
     * @throws InvalidInput
     */
    public static function redact(#[\SensitiveParameter] string $text, array $rules): array
    {
        [$kinds, $isReversible] = self::rules($rules);
        self::checkLength($text, self::MAX_TEXT_BYTES);
        $taken = $isReversible ? Placeholder::used($text) : [];
        $names = $last = $map = $findings = [];
        $redacted = '';
        $copied = 0;
        foreach (self::find($text, $kinds) as [$kind, $start, $end]) {
            $value = substr($text, $start, $end - $start);
            $placeholder = "[$kind]";
            if ($isReversible) {
                $placeholder = $names["$kind $value"] ?? null;
                if ($placeholder === null) {
                    do {
                        $last[$kind] = ($last[$kind] ?? 0) + 1;
                        $placeholder = Placeholder::numbered($kind, $last[$kind]);
                    } while (isset($taken[$placeholder]));
                    $names["$kind $value"] = $placeholder;
                    $map[$placeholder] = $value;
                }
            }
            $redacted .= substr($text, $copied, $start - $copied) . $placeholder;
            $copied = $end;
            $findings[] = ['kind' => $kind, 'start' => $start, 'end' => $end, 'placeholder' => $placeholder];
        }

        return ['text' => $redacted . substr($text, $copied), 'findings' => $findings, 'map' => $map];
    }

    /**
     * @param array<mixed> $map
     * @throws InvalidInput
     */
    public static function restore(#[\SensitiveParameter] string $text, #[\SensitiveParameter] array $map): string
    {
        foreach ($map as $placeholder => $value) {
            if (!Placeholder::isNumbered((string) $placeholder) || !is_string($value)) {
                throw Fault::invalidInput(
                    'a map has placeholders such as [EMAIL_1] as keys and strings as values'
                );
            }
        }
        self::checkLength($text, 2 * self::MAX_TEXT_BYTES);
        $restored = '';
        $copied = $from = 0;
        while (($open = strpos($text, '[', $from)) !== false) {
            $placeholder = Placeholder::at($text, $open);
            $from = $open + max(1, strlen($placeholder));
            if (isset($map[$placeholder])) {
                $restored .= substr($text, $copied, $open - $copied) . $map[$placeholder];
                self::checkLength($restored, 2 * self::MAX_TEXT_BYTES);
                $copied = $from;
            }
        }
        $restored .= substr($text, $copied);
        self::checkLength($restored, 2 * self::MAX_TEXT_BYTES);

        return $restored;
    }

    /**
     * The findings from left to right: always the one that begins first, and nothing that overlaps it.
     *
     * @param list<string> $kinds
     * @return list<array{string, int, int}>
     */
    private static function find(#[\SensitiveParameter] string $text, array $kinds): array
    {
        // A detector searches on only when what it had found is used up or overlapped.
        $ahead = [];
        foreach (self::detectors() as [$kind, $next]) {
            $span = in_array($kind, $kinds, true) ? $next($text, 0) : null;
            if ($span !== null) {
                $ahead[] = [$kind, $next, $span];
            }
        }
        $found = [];
        while ($ahead !== []) {
            [$kind, , $first] = $ahead[array_key_first($ahead)];
            foreach ($ahead as [$other, , $span]) {
                if ($span[0] < $first[0]) {
                    [$kind, $first] = [$other, $span];
                }
            }
            if (count($found) === self::MAX_FINDINGS) {
                throw Fault::invalidInput(
                    sprintf('the text holds more than %d findings', self::MAX_FINDINGS),
                    'payload_too_large'
                );
            }
            $found[] = [$kind, $first[0], $first[1]];
            foreach ($ahead as $index => [, $next, $span]) {
                if ($span[0] < $first[1]) {
                    $ahead[$index][2] = $next($text, $first[1]);
                    if ($ahead[$index][2] === null) {
                        unset($ahead[$index]);
                    }
                }
            }
        }

        return $found;
    }

    /**
     * In the order that decides where two begin at the same place.
     *
     * @return list<array{string, callable(string, int): (array{int, int}|null)}>
     */
    private static function detectors(): array
    {
        return [
            ['credentials', Url::credentials(...)],
            ['secret', Secret::privateKey(...)],
            ['secret', Secret::token(...)],
            ['email', Email::next(...)],
            ['iban', Account::next(...)],
            ['card', Card::next(...)],
            ['ssn', Ssn::next(...)],
            ['ip', Ip::nextV4(...)],
            ['ip', Ip::nextV6(...)],
            ['phone', Phone::next(...)],
        ];
    }

    /**
     * @param array<string, mixed> $rules
     * @return array{list<string>, bool}
     */
    private static function rules(array $rules): array
    {
        if (array_diff_key($rules, ['kinds' => 0, 'reversible' => 0]) !== []) {
            throw Fault::invalidInput('the rules are kinds and reversible');
        }
        $kinds = $rules['kinds'] ?? Placeholder::KINDS;
        $isReversible = $rules['reversible'] ?? true;
        if (!is_array($kinds)) {
            throw Fault::invalidInput('the rule kinds is a list of names');
        }
        foreach ($kinds as $kind) {
            if (!in_array($kind, Placeholder::KINDS, true)) {
                throw Fault::invalidInput(
                    'the kinds are credentials, secret, email, iban, card, ssn, ip and phone'
                );
            }
        }
        if (!is_bool($isReversible)) {
            throw Fault::invalidInput('the rule reversible is true or false');
        }

        return [array_values($kinds), $isReversible];
    }

    private static function checkLength(#[\SensitiveParameter] string $text, int $limit): void
    {
        if (strlen($text) > $limit) {
            throw Fault::invalidInput(
                sprintf('the text has %d bytes, the limit is %d', strlen($text), $limit),
                'payload_too_large'
            );
        }
    }
}
