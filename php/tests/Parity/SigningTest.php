<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidInput;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidSignature;
use Platen\Exception\InvalidToken;
use Platen\SigningKey;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\Vectors;

use function Platen\hmac_sign;
use function Platen\hmac_verify;
use function Platen\jwt_decode;
use function Platen\jwt_encode;
use function Platen\webhook_sign;
use function Platen\webhook_verify;

final class SigningTest extends TestCase
{
    use ExpectsFailures;

    private const KEY = 'psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

    /** @return array<string, array{array<string, mixed>}> */
    public static function keys(): array
    {
        return Vectors::cases('hmac/keys.json');
    }

    /**
     * @dataProvider keys
     * @param array<string, mixed> $case
     */
    public function testAKeyIsReadOrRefusedAsTheVectorSays(array $case): void
    {
        if (isset($case['error'])) {
            $read = static fn () => SigningKey::fromString($case['key']);
            self::expectFailure(InvalidKey::class, $case['error'], $read);

            return;
        }

        self::assertInstanceOf(SigningKey::class, SigningKey::fromString($case['key']));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function signatures(): array
    {
        return Vectors::cases('hmac/signatures.json');
    }

    /**
     * @dataProvider signatures
     * @param array<string, mixed> $case
     */
    public function testASignatureHasTheGoldenSpelling(array $case): void
    {
        $key = SigningKey::fromString($case['key']);
        $data = (string) base64_decode($case['data_base64'], true);

        foreach ($case['signatures'] as $encoding => $signature) {
            self::assertSame($signature, hmac_sign($data, $key, $encoding));
            self::assertTrue(hmac_verify($data, $signature, $key, $encoding));
            self::assertFalse(hmac_verify($data . 'x', $signature, $key, $encoding));
        }
    }

    public function testAnUnknownEncodingIsRefused(): void
    {
        $key = SigningKey::fromString(self::KEY);

        self::expectFailure(InvalidInput::class, 'invalid_request', static fn () => hmac_sign('data', $key, 'HEX'));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function tokensToMake(): array
    {
        return Vectors::cases('jwt/encode.json');
    }

    /**
     * @dataProvider tokensToMake
     * @param array<string, mixed> $case
     */
    public function testATokenIsMadeToTheLetter(array $case): void
    {
        $key = SigningKey::fromString($case['key']);
        if (isset($case['error'])) {
            $class = $case['error'] === 'invalid_key' ? InvalidKey::class : InvalidToken::class;
            self::expectFailure($class, $case['error'], static fn () => jwt_encode($case['claims'], $key));

            return;
        }

        self::assertSame($case['token'], jwt_encode($case['claims'], $key));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function tokensToRead(): array
    {
        return Vectors::cases('jwt/decode.json');
    }

    /**
     * @dataProvider tokensToRead
     * @param array<string, mixed> $case
     */
    public function testATokenIsAcceptedOrRefusedAsTheVectorSays(array $case): void
    {
        $key = SigningKey::fromString($case['key']);
        $decode = static fn (): array => jwt_decode($case['token'], $key, $case['checks']);
        if (isset($case['error'])) {
            $class = $case['error'] === 'invalid_key' ? InvalidKey::class : InvalidToken::class;
            self::expectFailure($class, $case['error'], $decode);

            return;
        }

        self::assertSame($case['claims'], $decode());
    }

    public function testACheckThatDoesNotExistIsRefusedInsteadOfForgotten(): void
    {
        $key = SigningKey::fromString(self::KEY);
        $token = jwt_encode(['exp' => time() + 60], $key);

        self::expectFailure(
            InvalidInput::class,
            'invalid_request',
            static fn () => jwt_decode($token, $key, ['audience' => 'platen:stream'])
        );
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function webhooks(): array
    {
        return Vectors::cases('webhook/verify.json');
    }

    /**
     * @dataProvider webhooks
     * @param array<string, mixed> $case
     */
    public function testAWebhookIsAcceptedOrRefusedAsTheVectorSays(array $case): void
    {
        $keys = array_map([SigningKey::class, 'fromString'], $case['keys']);
        $body = (string) base64_decode($case['body_base64'], true);
        $verify = static fn (): string => webhook_verify(
            $body,
            $case['headers'],
            $keys,
            $case['tolerance_s'],
            $case['now']
        );
        if (isset($case['error'])) {
            self::expectFailure(InvalidSignature::class, $case['error'], $verify);

            return;
        }

        self::assertSame($case['id'], $verify());
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function serviceWebhooks(): array
    {
        return Vectors::cases('webhook/services.json');
    }

    /**
     * @dataProvider serviceWebhooks
     * @param array<string, mixed> $case
     */
    public function testAWebhookOfAServiceIsAcceptedOrRefusedAsTheVectorSays(array $case): void
    {
        $keys = array_map([SigningKey::class, 'fromBytes'], $case['keys']);
        $body = (string) base64_decode($case['body_base64'], true);
        $verify = static fn (): string => webhook_verify(
            $body,
            $case['headers'],
            $keys,
            $case['tolerance_s'],
            $case['now'],
            $case['scheme'],
            $case['method'],
            $case['uri']
        );
        if (isset($case['error'])) {
            self::expectFailure(InvalidSignature::class, $case['error'], $verify);

            return;
        }

        self::assertSame($case['id'], $verify());
    }

    /** @return array<string, array{string, string}> */
    public static function schemes(): array
    {
        return [
            'standard' => ['standard', 'webhook-signature'],
            'stripe' => ['stripe', 'stripe-signature'],
            'github' => ['github', 'x-hub-signature-256'],
            'slack' => ['slack', 'x-slack-signature'],
            'hubspot' => ['hubspot', 'x-hubspot-signature-v3'],
        ];
    }

    /** @dataProvider schemes */
    public function testWhatWasSignedAfterAnySchemeVerifies(string $scheme, string $header): void
    {
        $key = SigningKey::fromBytes('a secret of 24 letters..');
        $time = $scheme === 'hubspot' ? 1_795_190_400_000 : 1_795_190_400;
        $signature = webhook_sign('msg_1', $time, 'body', $key, $scheme, uri: 'https://example.org/');
        $headers = [
            'webhook-id' => 'msg_1',
            'webhook-timestamp' => (string) $time,
            'x-slack-request-timestamp' => (string) $time,
            'x-hubspot-request-timestamp' => (string) $time,
            $header => $signature,
        ];
        $verify = static fn (SigningKey $key): string => webhook_verify(
            'body',
            $headers,
            $key,
            now: 1_795_190_400,
            scheme: $scheme,
            uri: 'https://example.org/'
        );

        self::assertNotSame('', $verify($key));
        self::expectFailure(
            InvalidSignature::class,
            'invalid_signature',
            static fn () => $verify(SigningKey::fromBytes('another secret, as long.'))
        );
    }

    public function testSeveralKeysSignOneWebhookEach(): void
    {
        $keys = [SigningKey::fromString(self::KEY), SigningKey::fromBytes('another secret, as long.')];
        foreach (['standard', 'stripe'] as $scheme) {
            $both = webhook_sign('msg_1', 5, 'body', $keys, $scheme);
            foreach ($keys as $key) {
                $only = webhook_sign('msg_1', 5, 'body', $key, $scheme);
                self::assertStringContainsString(substr($only, (int) strrpos($only, 'v1')), $both);
            }
        }

        self::expectFailure(
            InvalidInput::class,
            'invalid_request',
            static fn () => webhook_sign('', 5, 'body', $keys, 'github')
        );
        self::expectFailure(
            InvalidInput::class,
            'invalid_request',
            static fn () => webhook_sign('msg_1', 5, 'body', [])
        );
    }

    public function testASchemeMustBeKnownAndHaveItsAddress(): void
    {
        $key = SigningKey::fromString(self::KEY);
        foreach (['Stripe', '', 'hubspot'] as $scheme) {
            self::expectFailure(
                InvalidInput::class,
                'invalid_request',
                static fn () => webhook_verify('', [], $key, scheme: $scheme)
            );
        }
    }

    public function testWhatWasSignedAsAWebhookVerifies(): void
    {
        $key = SigningKey::fromString(self::KEY);
        $signature = webhook_sign('msg_1', 1_795_190_400, '{"a":1}', $key);
        $headers = [
            'Webhook-Id' => 'msg_1',
            'Webhook-Timestamp' => '1795190400',
            'Webhook-Signature' => $signature,
        ];

        self::assertSame('msg_1', webhook_verify('{"a":1}', $headers, $key, 300, 1_795_190_400));
    }

    public function testAKeyDoesNotShowItself(): void
    {
        $key = SigningKey::fromString('planted-planted-planted-planted!');
        ob_start();
        var_dump($key);
        $dump = ob_get_clean() . print_r($key, true) . json_encode($key);

        self::assertStringNotContainsString('planted', $dump);
        try {
            $serialised = serialize($key);
        } catch (\Exception) {
            $serialised = '';
        }
        self::assertStringNotContainsString('planted', $serialised);
    }

    public function testARefusedKeyIsNeitherInTheMessageNorInTheTrace(): void
    {
        if (PHP_VERSION_ID < 80200) {
            self::markTestSkipped('PHP 8.1 does not know sensitive parameters');
        }
        $before = ini_set('zend.exception_ignore_args', '0');
        try {
            SigningKey::fromString('planted');
            self::fail('a short key was taken');
        } catch (InvalidKey $exception) {
            self::assertStringNotContainsString('planted', $exception->getMessage());
            $frames = array_filter(
                $exception->getTrace(),
                static fn (array $frame): bool => ($frame['class'] ?? '') === SigningKey::class
            );
            self::assertNotSame([], $frames);
            self::assertStringNotContainsString('planted', print_r($frames, true));
        } finally {
            ini_set('zend.exception_ignore_args', (string) $before);
        }
    }
}
