<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidToken;

/**
 * What a token must say to be accepted.
 *
 * A token that names an audience is refused unless that audience was asked for, so a token made for one purpose never
 * opens another.
 *
 * @internal
 */
final class JwtChecks
{
    /**
     * @param list<string> $aud
     * @param string|true|null $jti
     */
    private function __construct(
        private readonly ?string $iss,
        private readonly array $aud,
        private readonly ?string $sub,
        private readonly string|bool|null $jti,
        private readonly ?int $maxAgeS,
        private readonly int $leewayS,
        private readonly int $now
    ) {
    }

    /**
     * @param array<mixed> $checks
     * @throws InvalidInput If a check is unknown or of another type.
     */
    public static function fromArray(array $checks): self
    {
        $values = ['iss' => null, 'aud' => [], 'sub' => null, 'jti' => null, 'max_age_s' => null];
        $values += ['leeway_s' => 0, 'now' => null];
        foreach ($checks as $name => $value) {
            $isValid = match ($name) {
                'iss', 'sub' => self::isText($value),
                'aud' => self::isText($value) || self::isListOfTexts($value),
                'jti' => $value === true || self::isText($value),
                'leeway_s', 'max_age_s' => is_int($value) && $value >= 0,
                'now' => is_int($value),
                default => throw Fault::invalidInput(
                    "the checks are iss, aud, sub, jti, max_age_s, leeway_s and now; there is no check '$name'"
                ),
            };
            if (!$isValid) {
                throw Fault::invalidInput("the check $name is not of its type");
            }
            $values[$name] = $value;
        }

        return new self(
            $values['iss'],
            (array) $values['aud'],
            $values['sub'],
            $values['jti'],
            $values['max_age_s'],
            $values['leeway_s'],
            $values['now'] ?? time()
        );
    }

    /**
     * @param array<string, mixed> $claims
     * @throws InvalidToken At the first claim that does not hold.
     */
    public function apply(array $claims): void
    {
        $this->checkTimes($claims);
        self::checkText($claims, 'iss', $this->iss);
        self::checkText($claims, 'sub', $this->sub);
        $this->checkAudience($claims);
        $this->checkId(self::text($claims, 'jti'));
    }

    private function checkId(?string $jti): void
    {
        if ($jti === '') {
            throw self::wrongType('jti');
        }
        if ($jti === null && $this->jti !== null) {
            throw self::missing('jti');
        }
        if (is_string($this->jti) && $jti !== $this->jti) {
            throw self::mismatch('jti');
        }
    }

    /** @param array<string, mixed> $claims */
    private function checkTimes(array $claims): void
    {
        $exp = self::time($claims, 'exp') ?? throw self::missing('exp');
        if ($this->now >= self::sum($exp, $this->leewayS)) {
            throw Fault::invalidClaim('exp', 'the token has expired', 'token_expired');
        }
        foreach (['nbf', 'iat'] as $name) {
            $time = self::time($claims, $name);
            if ($time !== null && $time > self::sum($this->now, $this->leewayS)) {
                throw Fault::invalidClaim(
                    $name,
                    "the token's claim $name lies in the future",
                    'token_not_yet_valid'
                );
            }
        }
        if ($this->maxAgeS === null) {
            return;
        }
        $iat = self::time($claims, 'iat') ?? throw self::missing('iat');
        if ($this->now > self::sum($iat, $this->maxAgeS, $this->leewayS)) {
            throw Fault::invalidClaim('iat', 'the token was issued too long ago', 'token_expired');
        }
    }

    /** Adds without leaving the integers: beyond the greatest there is no later time. */
    private static function sum(int ...$seconds): int
    {
        $sum = array_sum($seconds);

        return is_int($sum) ? $sum : PHP_INT_MAX;
    }

    /** @param array<string, mixed> $claims */
    private function checkAudience(array $claims): void
    {
        $audiences = array_key_exists('aud', $claims) ? $claims['aud'] : [];
        $audiences = is_string($audiences) ? [$audiences] : $audiences;
        if (!is_array($audiences) || !array_is_list($audiences)) {
            throw self::wrongType('aud');
        }
        foreach ($audiences as $audience) {
            is_string($audience) || throw self::wrongType('aud');
        }
        if ($this->aud !== [] && $audiences === []) {
            throw self::missing('aud');
        }
        $isExpected = $this->aud === [] ? $audiences === [] : array_intersect($this->aud, $audiences) !== [];
        if (!$isExpected) {
            throw self::mismatch('aud');
        }
    }

    /** @param array<string, mixed> $claims */
    private static function checkText(array $claims, string $name, ?string $expected): void
    {
        $actual = self::text($claims, $name);
        if ($expected === null || $actual === $expected) {
            return;
        }

        throw $actual === null ? self::missing($name) : self::mismatch($name);
    }

    /** @param array<string, mixed> $claims */
    private static function text(array $claims, string $name): ?string
    {
        if (!array_key_exists($name, $claims)) {
            return null;
        }

        return is_string($claims[$name]) ? $claims[$name] : throw self::wrongType($name);
    }

    /** @param array<string, mixed> $claims */
    private static function time(array $claims, string $name): ?int
    {
        if (!array_key_exists($name, $claims)) {
            return null;
        }

        // Fractions of a second are made by nobody we talk to, and refusing them keeps the comparison exact.
        return is_int($claims[$name]) ? $claims[$name] : throw self::wrongType($name);
    }

    private static function isText(mixed $value): bool
    {
        return is_string($value) && mb_check_encoding($value, 'UTF-8');
    }

    private static function isListOfTexts(mixed $value): bool
    {
        return is_array($value) && array_is_list($value) && $value !== []
            && count(array_filter($value, [self::class, 'isText'])) === count($value);
    }

    private static function missing(string $name): InvalidToken
    {
        return Fault::invalidClaim($name, "the token has no claim $name");
    }

    private static function mismatch(string $name): InvalidToken
    {
        return Fault::invalidClaim($name, "the token's claim $name is not the expected one");
    }

    private static function wrongType(string $name): InvalidToken
    {
        return Fault::invalidClaim($name, "the token's claim $name is not of its type");
    }
}
