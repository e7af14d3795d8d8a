<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidSignature;

/**
 * Whose webhooks: what is signed, and where and how the signature is written. All of them are HMAC-SHA256.
 *
 * @internal
 */
enum WebhookScheme: string
{
    case Standard = 'standard';
    case Stripe = 'stripe';
    case GitHub = 'github';
    case Slack = 'slack';
    case HubSpot = 'hubspot';

    public static function named(string $name): self
    {
        return self::tryFrom($name)
            ?? throw Fault::invalidInput('the schemes are standard, stripe, github, slack and hubspot');
    }

    public function signatureHeader(): string
    {
        return match ($this) {
            self::Standard => 'webhook-signature',
            self::Stripe => 'stripe-signature',
            self::GitHub => 'x-hub-signature-256',
            self::Slack => 'x-slack-signature',
            self::HubSpot => 'x-hubspot-signature-v3',
        };
    }

    /** The header with the time; that of the signature where the time is in it. */
    public function timestampHeader(): string
    {
        return match ($this) {
            self::Standard => 'webhook-timestamp',
            self::Stripe, self::GitHub => $this->signatureHeader(),
            self::Slack => 'x-slack-request-timestamp',
            self::HubSpot => 'x-hubspot-request-timestamp',
        };
    }

    public function hasSeveralSignatures(): bool
    {
        return $this === self::Standard || $this === self::Stripe;
    }

    /** What is signed. */
    public function content(string $id, string $timestamp, string $body, string $method, string $uri): string
    {
        return match ($this) {
            self::Standard => "$id.$timestamp.$body",
            self::Stripe => "$timestamp.$body",
            self::GitHub => $body,
            self::Slack => "v0:$timestamp:$body",
            self::HubSpot => "$method$uri$body$timestamp",
        };
    }

    /** A signature as the header spells it. */
    public function spell(string $mac): string
    {
        return match ($this) {
            self::Standard => 'v1,' . base64_encode($mac),
            self::Stripe => bin2hex($mac),
            self::GitHub => 'sha256=' . bin2hex($mac),
            self::Slack => 'v0=' . bin2hex($mac),
            self::HubSpot => base64_encode($mac),
        };
    }

    /**
     * The header of several signatures.
     *
     * @param list<string> $signatures
     */
    public function writeHeader(string $timestamp, array $signatures): string
    {
        return $this === self::Stripe
            ? "t=$timestamp,v1=" . implode(',v1=', $signatures)
            : implode(' ', $signatures);
    }

    /**
     * The signatures of a header, as spell() gives them. Those of versions that are not known are passed over.
     *
     * @return list<string>
     */
    public function signatures(string $header): array
    {
        if ($this === self::Stripe) {
            return self::stripeItems($header, 'v1=');
        }
        $isKnown = static fn (string $text): bool => str_starts_with($text, 'v1,');

        return $this === self::Standard ? array_values(array_filter(explode(' ', $header), $isKnown)) : [$header];
    }

    /**
     * The signed time as it is spelled; empty when the scheme signs none.
     *
     * @param callable(string): string $header
     * @throws InvalidSignature If it is missing or not of its form.
     */
    public function timestamp(callable $header): string
    {
        if ($this === self::GitHub) {
            return '';
        }
        $text = $header($this->timestampHeader());
        $text = $this === self::Stripe ? self::stripeItems($text, 't=')[0] ?? '' : $text;
        // Only the spelling that was signed: "+5" or "005" would be other bytes under the signature.
        if ((string) (int) $text !== $text || (int) $text < 0) {
            throw self::malformed($this->timestampHeader());
        }

        return $text;
    }

    /** Unix seconds from a timestamp of this scheme, rounded down. */
    public function seconds(string $timestamp): int
    {
        return $this === self::HubSpot ? intdiv((int) $timestamp, 1000) : (int) $timestamp;
    }

    public static function malformed(string $name): InvalidSignature
    {
        return Fault::invalidSignature("the header $name is missing or malformed");
    }

    /** @return list<string> */
    private static function stripeItems(string $header, string $prefix): array
    {
        $items = array_filter(explode(',', $header), static fn (string $item): bool => str_starts_with($item, $prefix));

        return array_map(static fn (string $item): string => substr($item, strlen($prefix)), array_values($items));
    }
}
