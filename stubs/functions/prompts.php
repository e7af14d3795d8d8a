<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\InvalidInput;

/**
 * # Prompts
 *
 * The name of a prompt, and what must not leave with it.
 */

/**
 * Hashes a prompt, so that its answer can be cached under it. Prompts that mean the same have the same hash: the order
 * of keys, `1` or `1.0`, and how accents are composed (Unicode form C) do not matter.
 *
 * What is hashed is a line that names the rules and the prompt as canonical JSON (RFC 8785, in UTF-8, with whole
 * integers); the line has every option that is not the default, so hashes of different rules never meet.
 *
 * @param mixed $prompt What json_encode() takes: arrays, stdClass, scalars, null. At most 64 levels.
 * @param array{version?: 1, whitespace?: 'exact'|'collapse', case?: 'exact'|'fold'} $options `collapse` takes any run of
 *     white space in a text for one space and drops it at both ends; `fold` takes upper and lower case for the same
 *     (Unicode's full case folding, of no language). Both are for texts, not for keys.
 * @return non-empty-string 64 hexadecimal digits.
 * @throws InvalidInput When the prompt has no JSON form or is nested deeper than 64 levels, or `invalid_request` for an
 *     option that does not exist.
 * @link https://www.rfc-editor.org/rfc/rfc8785 RFC 8785 (JSON Canonicalization Scheme)
 * @link https://www.unicode.org/reports/tr15/ UAX #15: text in another normalisation form is the same text
 * @limit 64 levels of nesting.
 * @example
 * ```php
 * $one = Platen\prompt_hash(['model' => 'gpt-4o', 'question' => " What is\n this?"], ['whitespace' => 'collapse']);
 * $other = Platen\prompt_hash(['question' => 'What is this?', 'model' => 'gpt-4o'], ['whitespace' => 'collapse']);
 * var_dump($one === $other);
 * ```
 * ```text
 * bool(true)
 * ```
 */
function prompt_hash(mixed $prompt, array $options = []): string
{
}

/**
 * Takes personal data and secrets out of a text: `email`, `phone`, `card`, `iban`, `ssn`, `ip`, `secret` (keys, tokens,
 * private keys) and `credentials` (in a URL). What has no shape of its own, as names and birthdays, is not found.
 *
 * Placeholders are numbered, `[EMAIL_1]`, the same for the same value, and restore() undoes them; with
 * `reversible: false` they are `[email]` and the map is empty. Redacting a result again finds nothing.
 *
 * @param string $text At most 16 MiB of any bytes.
 * @param array{kinds?: list<'email'|'phone'|'card'|'iban'|'ssn'|'ip'|'secret'|'credentials'>, reversible?: bool} $rules
 *     All kinds, and reversible, when not given.
 * @return array{text: string, findings: list<array{kind: string, start: non-negative-int, end: positive-int,
 *     placeholder: non-empty-string}>, map: array<non-empty-string, non-empty-string>} Offsets are bytes of `$text`;
 *     the map holds the values and is as secret as the text.
 * @throws InvalidInput `payload_too_large`, also for more than 100000 findings and when memory_limit has no room for
 *     them; `invalid_request` for a rule or a kind that does not exist.
 * @link https://www.iso.org/standard/70484.html ISO/IEC 7812-1 (the check digit of cards)
 * @link https://www.swift.com/standards/data-standards/iban-international-bank-account-number ISO 13616 (IBAN)
 * @limit 16 MiB of text and 100000 findings. Linear time, whatever the text holds; the library in PHP is a hundred times
 *     slower over hostile text.
 * @example
 * ```php
 * $redacted = Platen\redact('Mail jane@example.com or call +1 415 555 0132.');
 * echo $redacted['text'], "\n", $redacted['map']['[EMAIL_1]'];
 * ```
 * ```text
 * Mail [EMAIL_1] or call [PHONE_1].
 * jane@example.com
 * ```
 */
function redact(#[\SensitiveParameter] string $text, array $rules = []): array
{
}

/**
 * Puts the values of a map of redact() back where their placeholders stand, in the redacted text or in an answer to it.
 *
 * @param string $text At most 32 MiB, as is the result.
 * @param array<non-empty-string, string> $map That of redact().
 * @throws InvalidInput `payload_too_large`, also when memory_limit has no room for the result; `invalid_request` when
 *     a key is no numbered placeholder or a value no string.
 * @limit 32 MiB of text, and of result.
 * @example
 * ```php
 * $redacted = Platen\redact('I am jane@example.com.');
 * $answer = 'Hello [EMAIL_1], how can I help?';
 * echo Platen\restore($answer, $redacted['map']);
 * ```
 * ```text
 * Hello jane@example.com, how can I help?
 * ```
 */
function restore(#[\SensitiveParameter] string $text, #[\SensitiveParameter] array $map): string
{
}
