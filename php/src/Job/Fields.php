<?php

declare(strict_types=1);

namespace Platen\Job;

use Platen\Exception\Fault;
use Platen\Exception\InternalError;

/**
 * Reads typed fields out of a reply of the daemon and names the one that is missing or of another type.
 *
 * @internal
 */
final class Fields
{
    /** @param array<mixed> $values */
    public function __construct(private readonly array $values, private readonly string $what)
    {
    }

    public function string(string $name): string
    {
        $value = $this->values[$name] ?? null;

        return is_string($value) ? $value : throw $this->malformed($name);
    }

    public function int(string $name): int
    {
        $value = $this->values[$name] ?? null;

        return is_int($value) ? $value : throw $this->malformed($name);
    }

    public function bool(string $name): bool
    {
        $value = $this->values[$name] ?? null;

        return is_bool($value) ? $value : throw $this->malformed($name);
    }

    public function time(string $name): \DateTimeImmutable
    {
        try {
            return new \DateTimeImmutable($this->string($name));
        } catch (\Exception $exception) {
            throw $this->malformed($name);
        }
    }

    public function status(string $name): JobStatus
    {
        return JobStatus::tryFrom($this->string($name)) ?? throw $this->malformed($name);
    }

    /** @return array<mixed> */
    public function array(string $name): array
    {
        $value = $this->values[$name] ?? null;

        return is_array($value) ? $value : throw $this->malformed($name);
    }

    /** @return array<mixed>|null */
    public function optionalArray(string $name): ?array
    {
        return isset($this->values[$name]) ? $this->array($name) : null;
    }

    private function malformed(string $name): InternalError
    {
        return Fault::internal(sprintf('the daemon sent a %s without a valid "%s"', $this->what, $name));
    }
}
