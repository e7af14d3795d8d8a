<?php

declare(strict_types=1);

namespace Platen\Job;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * Follows one request through browser, WordPress, daemon, provider and webhook.
 *
 * It is written to logs and headers as it is, hence the narrow alphabet.
 */
final class RequestId implements \JsonSerializable, \Stringable
{
    private const PATTERN = '/\A[A-Za-z0-9._-]{1,64}\z/';
    private const TRACEPARENT = '/\A(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|\z)/';

    private function __construct(public readonly string $value)
    {
    }

    public static function generate(): self
    {
        return new self(bin2hex(random_bytes(16)));
    }

    /** @throws InvalidInput If the text is not a request id. */
    public static function fromString(string $value): self
    {
        if (preg_match(self::PATTERN, $value) !== 1) {
            throw Fault::invalidInput('a request id is 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-"');
        }

        return new self($value);
    }

    /**
     * Takes the browser's `X-Request-Id` when it is well formed, else the trace id of a valid `traceparent`,
     * else makes a new one.
     */
    public static function fromHeaders(?string $requestId, ?string $traceparent = null): self
    {
        if ($requestId !== null && preg_match(self::PATTERN, $requestId) === 1) {
            return new self($requestId);
        }

        return new self(self::traceId($traceparent) ?? bin2hex(random_bytes(16)));
    }

    /** Gives the `traceparent` to pass on: the incoming trace with a new span, or a trace named after this id. */
    public function traceparent(?string $incoming = null): string
    {
        $traceId = self::traceId($incoming) ?? $this->ownTraceId();

        return sprintf('00-%s-%s-01', $traceId, bin2hex(random_bytes(8)));
    }

    public function jsonSerialize(): string
    {
        return $this->value;
    }

    public function __toString(): string
    {
        return $this->value;
    }

    private function ownTraceId(): string
    {
        $isTraceId = preg_match('/\A(?!0{32})[0-9a-f]{32}\z/', $this->value) === 1;

        return $isTraceId ? $this->value : substr(hash('sha256', $this->value), 0, 32);
    }

    private static function traceId(?string $traceparent): ?string
    {
        if ($traceparent === null || preg_match(self::TRACEPARENT, $traceparent, $match) !== 1) {
            return null;
        }

        return $match[1];
    }
}
