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
    private function __construct(
        private readonly ?string $iss,
        private readonly ?string $aud,
        private readonly ?string $sub,
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
        $values = ['iss' => null, 'aud' => null, 'sub' => null, 'leeway_s' => 0, 'now' => null];
        foreach ($checks as $name => $value) {
            $isValid = match ($name) {
                'iss', 'aud', 'sub' => is_string($value) && mb_check_encoding($value, 'UTF-8'),
                'leeway_s' => is_int($value) && $value >= 0,
                'now' => is_int($value),
                default => throw Fault::invalidInput(
                    "the checks are iss, aud, sub, leeway_s and now; there is no check '$name'"
                ),
            };
            if (!$isValid) {
                throw Fault::invalidInput("the check $name is not of its type");
            }
            $values[$name] = $value;
        }

        return new self(
            $values['iss'],
            $values['aud'],
            $values['sub'],
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
        if (self::text($claims, 'jti') === '') {
            throw self::wrongType('jti');
        }
    }

    /** @param array<string, mixed> $claims */
    private function checkTimes(array $claims): void
    {
        $exp = self::time($claims, 'exp') ?? throw self::missing('exp');
        if ($this->now >= $exp + $this->leewayS) {
            throw Fault::invalidToken('the token has expired', 'token_expired');
        }
        foreach (['nbf', 'iat'] as $name) {
            $time = self::time($claims, $name);
            if ($time !== null && $time > $this->now + $this->leewayS) {
                throw Fault::invalidToken("the token's claim $name lies in the future", 'token_not_yet_valid');
            }
        }
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
        if ($this->aud !== null && $audiences === []) {
            throw self::missing('aud');
        }
        $isExpected = $this->aud === null ? $audiences === [] : in_array($this->aud, $audiences, true);
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

    private static function missing(string $name): InvalidToken
    {
        return Fault::invalidToken("the token has no claim $name");
    }

    private static function mismatch(string $name): InvalidToken
    {
        return Fault::invalidToken("the token's claim $name is not the expected one");
    }

    private static function wrongType(string $name): InvalidToken
    {
        return Fault::invalidToken("the token's claim $name is not of its type");
    }
}
