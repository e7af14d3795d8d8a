<?php

declare(strict_types=1);

namespace Platen\Job;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * Identifies one job for its whole life: a UUIDv7 in lower case, so it sorts by creation time.
 *
 * WordPress chooses it before the hand-off, so that sending the job twice makes one job.
 */
final class JobId implements \JsonSerializable, \Stringable
{
    private const PATTERN = '/\A[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z/';

    private function __construct(public readonly string $value)
    {
    }

    /** Makes a new id. The time is the present unless it is given, in milliseconds since the Unix epoch. */
    public static function generate(?int $nowMs = null): self
    {
        $nowMs ??= (int) (microtime(true) * 1000);
        $random = random_bytes(10);
        $random[0] = chr((ord($random[0]) & 0x0f) | 0x70);
        $random[2] = chr((ord($random[2]) & 0x3f) | 0x80);
        $hex = bin2hex(substr(pack('J', $nowMs), 2) . $random);

        return new self(sprintf(
            '%s-%s-%s-%s-%s',
            substr($hex, 0, 8),
            substr($hex, 8, 4),
            substr($hex, 12, 4),
            substr($hex, 16, 4),
            substr($hex, 20)
        ));
    }

    /** @throws InvalidInput If the text is not a job id. */
    public static function fromString(string $value): self
    {
        if (preg_match(self::PATTERN, $value) !== 1) {
            throw Fault::invalidInput('a job id is a UUIDv7 of 36 lower-case characters');
        }

        return new self($value);
    }

    public function equals(self $other): bool
    {
        return $this->value === $other->value;
    }

    public function jsonSerialize(): string
    {
        return $this->value;
    }

    public function __toString(): string
    {
        return $this->value;
    }
}
