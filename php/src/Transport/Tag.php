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
    case Pong = 0x81;
    case Receipt = 0x82;
    case Job = 0x83;
    case Hops = 0x86;
    case RateDecision = 0x87;
    case Refusal = 0xFF;

    /** The tag of the answer to this request. */
    public function reply(): self
    {
        return match ($this) {
            self::Ping => self::Pong,
            self::Submit => self::Receipt,
            self::Status, self::Cancel, self::Retry => self::Job,
            self::Trace => self::Hops,
            self::RateLimit => self::RateDecision,
            self::Pong, self::Receipt, self::Job, self::Hops, self::RateDecision, self::Refusal => $this,
        };
    }
}
