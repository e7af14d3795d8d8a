<?php

declare(strict_types=1);

namespace Platen\Tests\Job;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Job\RequestId;

final class RequestIdTest extends TestCase
{
    private const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
    private const PARENT = '00-' . self::TRACE . '-00f067aa0ba902b7-01';

    public function testTheHeaderOfTheBrowserComesFirst(): void
    {
        self::assertSame('my.id-1_A', RequestId::fromHeaders('my.id-1_A', self::PARENT)->value);
    }

    public function testTheTraceIdComesSecond(): void
    {
        self::assertSame(self::TRACE, RequestId::fromHeaders("evil\r\nheader", self::PARENT)->value);
        self::assertSame(self::TRACE, RequestId::fromHeaders(null, self::PARENT)->value);
    }

    /** @return array<string, array{string|null, string|null}> */
    public static function useless(): array
    {
        return [
            'nothing' => [null, null],
            'too long' => [str_repeat('a', 65), null],
            'empty' => ['', ''],
            'zero trace id' => [null, '00-' . str_repeat('0', 32) . '-00f067aa0ba902b7-01'],
            'zero span id' => [null, '00-' . self::TRACE . '-' . str_repeat('0', 16) . '-01'],
            'version ff' => [null, 'ff-' . self::TRACE . '-00f067aa0ba902b7-01'],
            'upper case' => [null, strtoupper(self::PARENT)],
        ];
    }

    /** @dataProvider useless */
    public function testElseANewOneIsMade(?string $requestId, ?string $traceparent): void
    {
        $id = RequestId::fromHeaders($requestId, $traceparent);

        self::assertMatchesRegularExpression('/\A[0-9a-f]{32}\z/', $id->value);
        self::assertNotSame($id->value, RequestId::fromHeaders($requestId, $traceparent)->value);
    }

    public function testTheOutgoingTraceIsTheIncomingOneWithANewSpan(): void
    {
        $outgoing = RequestId::fromString('r1')->traceparent(self::PARENT);

        self::assertMatchesRegularExpression('/\A00-' . self::TRACE . '-[0-9a-f]{16}-01\z/', $outgoing);
        self::assertNotSame(self::PARENT, $outgoing);
    }

    public function testWithoutATraceTheRequestIdNamesIt(): void
    {
        $hashed = substr(hash('sha256', 'r1'), 0, 32);

        self::assertStringStartsWith("00-$hashed-", RequestId::fromString('r1')->traceparent());
        self::assertStringStartsWith('00-' . self::TRACE, RequestId::fromString(self::TRACE)->traceparent('garbage'));
    }

    public function testATextThatCannotStandInAHeaderIsRefused(): void
    {
        $this->expectException(InvalidInput::class);

        RequestId::fromString('a b');
    }
}
