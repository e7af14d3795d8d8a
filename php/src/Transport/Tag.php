<?php

declare(strict_types=1);

namespace Platen\Transport;

/**
 * What the body of a frame is, see docs/protocol.md.
 *
 * @internal
 */
enum Tag: int
{
    case Ping = 0x01;
    case Submit = 0x02;
    case Status = 0x03;
    case Cancel = 0x04;
    case Retry = 0x05;
    case Trace = 0x06;
    case RateLimit = 0x07;
    case Accept = 0x08;
    case Push = 0x09;
    case SubmitMany = 0x0A;
    case Wait = 0x0B;
    case Reserve = 0x0C;
    case Settle = 0x0D;
    case Describe = 0x0E;
    case Results = 0x0F;
    case ReadAnswer = 0x10;
    case Pong = 0x81;
    case Receipt = 0x82;
    case Job = 0x83;
    case Hops = 0x86;
    case RateDecision = 0x87;
    case Receipts = 0x8A;
    case Reservation = 0x8C;
    case Settlement = 0x8D;
    case Description = 0x8E;
    case ResultPage = 0x8F;
    case AnswerPart = 0x90;
    case Refusal = 0xFF;

    /** The tag of the answer to this request. */
    public function reply(): self
    {
        return match ($this) {
            self::Ping => self::Pong,
            self::Submit, self::Accept => self::Receipt,
            self::Status, self::Cancel, self::Retry, self::Wait => self::Job,
            self::Trace => self::Hops,
            self::RateLimit => self::RateDecision,
            self::SubmitMany => self::Receipts,
            self::Reserve => self::Reservation,
            self::Settle => self::Settlement,
            self::Describe => self::Description,
            self::Results => self::ResultPage,
            self::ReadAnswer => self::AnswerPart,
            default => $this,
        };
    }

    /** Whether sending the request once more, after its answer was lost, changes nothing more. */
    public function isIdempotent(): bool
    {
        return !in_array($this, [self::Cancel, self::Retry, self::RateLimit], true);
    }
}
