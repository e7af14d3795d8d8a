<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidToken;
use Platen\SigningKey;
use Platen\Tests\Fixture\ExpectsFailures;

use function Platen\jwt_decode;

/** What JSON a token may hold, whoever signed it. */
final class ClaimsTest extends TestCase
{
    use ExpectsFailures;

    private const SECRET = 'a secret of at least thirty-two bytes';

    /** @return array<string, array{string, mixed}> */
    public static function values(): array
    {
        return [
            'a small fraction' => ['1e-400', 0.0],
            'an integer that is the largest' => ['9223372036854775807', PHP_INT_MAX],
            'an integer beyond that' => ['9223372036854775808', 9.2233720368547758E+18],
            'a very long integer' => ['123456789012345678901234567890', 1.2345678901234568E+29],
            'a pair of surrogates' => ['"\ud83d\ude00"', "\u{1F600}"],
            'a NUL byte in a text and in a name' => ['{"\u0000a":"\u0000"}', ["\0a" => "\0"]],
            'names that are numbers' => ['{"1":2,"01":3,"-1":4}', [1 => 2, '01' => 3, -1 => 4]],
            'a name twice' => ['{"a":1,"b":2,"a":3}', ['a' => 3, 'b' => 2]],
            'the deepest' => [str_repeat('[', 126) . str_repeat(']', 126), self::nested(125)],
        ];
    }

    /** @dataProvider values */
    public function testAValueIsReadAsJsonDecodeReadsIt(string $json, mixed $expected): void
    {
        self::assertSame($expected, self::decode("{\"exp\":4000000000,\"x\":$json}")['x']);
    }

    /** @return array<string, array{string}> */
    public static function malformedPayloads(): array
    {
        $values = [
            'a number beyond a float' => '1e400',
            'another one, inside' => '[{"y":-1e400}]',
            'too deep a list' => str_repeat('[', 127) . str_repeat(']', 127),
            'too deep an object' => str_repeat('{"a":', 127) . '1' . str_repeat('}', 127),
            'half a surrogate' => '"\ud800"',
            'a surrogate in UTF-8' => "\"\xED\xA0\x80\"",
            'an overlong NUL' => "\"\xC0\x80\"",
            'no number' => 'NaN',
            'a comma too many' => '[1,]',
            'a tab in a text' => "\"\t\"",
            'a comment' => '1/**/',
        ];
        $payloads = array_map(static fn (string $value): array => ["{\"exp\":4000000000,\"x\":$value}"], $values);

        return $payloads + [
            'nothing' => [''],
            'a byte order mark' => ["\u{FEFF}{\"exp\":4000000000}"],
            'something behind it' => ['{"exp":4000000000}x'],
        ];
    }

    /** @dataProvider malformedPayloads */
    public function testWhatIsNoJsonIsRefusedUnderARightSignatureToo(string $payload): void
    {
        self::expectFailure(InvalidToken::class, 'invalid_token', static fn () => self::decode($payload));
    }

    public function testMinusZeroIsTheOneNumberThatDiffers(): void
    {
        $expected = extension_loaded('platen') ? -0.0 : 0;

        self::assertSame($expected, self::decode('{"exp":4000000000,"x":-0}')['x']);
    }

    /** @return array<string, mixed> */
    private static function decode(string $payload): array
    {
        $encode = static fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
        $message = $encode('{"alg":"HS256","typ":"JWT"}') . '.' . $encode($payload);
        $signature = $encode(hash_hmac('sha256', $message, self::SECRET, true));

        return jwt_decode("$message.$signature", SigningKey::fromString(self::SECRET));
    }

    /** @return array<mixed> */
    private static function nested(int $levels): array
    {
        return $levels === 0 ? [] : [self::nested($levels - 1)];
    }
}
