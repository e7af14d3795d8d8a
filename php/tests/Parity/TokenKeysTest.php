<?php

declare(strict_types=1);

namespace Platen\Tests\Parity;

use PHPUnit\Framework\TestCase;
use Platen\Exception\InvalidKey;
use Platen\Exception\InvalidToken;
use Platen\KeySet;
use Platen\SigningKey;
use Platen\Tests\Fixture\ExpectsFailures;
use Platen\Tests\Fixture\Vectors;

use function Platen\hmac_sign;
use function Platen\jwt_decode;
use function Platen\jwt_encode;

/**
 * Keys of two halves, their sets, and the tokens they sign.
 */
final class TokenKeysTest extends TestCase
{
    use ExpectsFailures;

    private const SECRET = 'psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

    /** @return array<string, array{array<string, mixed>}> */
    public static function keys(): array
    {
        return Vectors::cases('jwt/keys.json');
    }

    /**
     * @dataProvider keys
     * @param array<string, mixed> $case
     */
    public function testAKeyIsReadOrRefusedAsTheVectorSays(array $case): void
    {
        $read = static fn (): SigningKey => isset($case['pem'])
            ? SigningKey::fromPem($case['pem'], $case['id'] ?? null)
            : SigningKey::fromJwk($case['jwk']);
        if (isset($case['error'])) {
            self::expectFailure(InvalidKey::class, $case['error'], $read);

            return;
        }

        $key = $read();
        self::assertSame($case['algorithm'], $key->algorithm());
        self::assertSame($case['id'] ?? null, $key->id());
        if (isset($case['public'])) {
            ksort($case['public'], SORT_STRING);
            self::assertSame($case['public'], $key->toJwk());
        } else {
            self::expectFailure(InvalidKey::class, 'invalid_key', static fn () => $key->toJwk());
        }
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function tokens(): array
    {
        return Vectors::cases('jwt/pairs.json');
    }

    /**
     * @dataProvider tokens
     * @param array<string, mixed> $case
     */
    public function testATokenIsAcceptedOrRefusedAsTheVectorSays(array $case): void
    {
        $keys = isset($case['pem'])
            ? SigningKey::fromPem($case['pem'], $case['id'] ?? null)
            : KeySet::fromJwks($case['jwks']);
        $decode = static fn (): array => jwt_decode($case['token'], $keys, $case['checks']);
        if (isset($case['error'])) {
            self::expectFailure(InvalidToken::class, $case['error'], $decode);

            return;
        }

        self::assertSame($case['claims'], $decode());
    }

    /** @return array<string, array{string}> */
    public static function pairs(): array
    {
        return ['RSA' => ['rsa'], 'EC' => ['ec'], 'Ed25519' => ['ed25519']];
    }

    /** @dataProvider pairs */
    public function testWhatAPrivateKeySignsItsPublicHalfAccepts(string $name): void
    {
        $private = SigningKey::fromPem(self::pem($name), 'a');
        $public = SigningKey::fromJwk($private->toJwk());
        $claims = ['exp' => time() + 60, 'sub' => 'user:1'];

        $token = jwt_encode($claims, $private);

        self::assertSame($claims, jwt_decode($token, $public));
        self::assertSame($claims, jwt_decode($token, KeySet::fromKeys([$public])));
        self::expectFailure(InvalidKey::class, 'invalid_key', static fn () => jwt_encode($claims, $public));
        self::expectFailure(InvalidKey::class, 'invalid_key', static fn () => hmac_sign('data', $private));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function tokensToMake(): array
    {
        return Vectors::cases('jwt/sign.json');
    }

    /**
     * @dataProvider tokensToMake
     * @param array<string, mixed> $case
     */
    public function testATokenIsMadeToTheLetter(array $case): void
    {
        self::assertSame($case['token'], jwt_encode($case['claims'], SigningKey::fromPem($case['pem'], $case['id'])));
    }

    public function testASetFindsItsKeysAndPublishesNoSecret(): void
    {
        $secret = SigningKey::fromString(self::SECRET, 'old');
        $pair = SigningKey::fromPem(self::pem('ed25519'), 'new');
        $set = KeySet::fromKeys(['x' => $secret, 'y' => $pair]);
        $claims = ['exp' => time() + 60];

        self::assertSame(['old', 'new'], $set->ids());
        self::assertSame('EdDSA', $set->find('new')?->algorithm());
        self::assertNull($set->find('other'));
        self::assertSame(['keys' => [$pair->toJwk()]], $set->toJwks());
        self::assertSame(['new'], KeySet::fromJwks($set->toJwks())->ids());
        self::assertSame($claims, jwt_decode(jwt_encode($claims, $secret), $set));
        self::assertSame($claims, jwt_decode(jwt_encode($claims, $pair), $set));
    }

    public function testASetIsRefusedWhenItsKeysAreNotToBeToldApart(): void
    {
        $key = SigningKey::fromString(self::SECRET, 'a');
        $refused = static fn (callable $make) => self::expectFailure(InvalidKey::class, 'invalid_key', $make);

        $refused(static fn () => KeySet::fromKeys([]));
        $refused(static fn () => KeySet::fromKeys([$key, $key]));
        $refused(static fn () => KeySet::fromKeys([$key, SigningKey::fromString(self::SECRET)]));
        $refused(static fn () => KeySet::fromJwks([]));
        $refused(static fn () => KeySet::fromJwks(['keys' => 'none']));
        $refused(static fn () => KeySet::fromJwks(['keys' => [[], 'text', ['kty' => 'RSA', 'kid' => 'a']]]));
        $refused(static fn () => KeySet::fromJwks(['keys' => array_fill(0, 65, [])]));
    }

    public function testASetTakesNothingButKeys(): void
    {
        $this->expectException(\TypeError::class);

        KeySet::fromKeys(['a secret that is no key object']);
    }

    public function testAnIdThatIsNotUtf8IsRefused(): void
    {
        self::expectFailure(
            InvalidKey::class,
            'invalid_key',
            static fn () => SigningKey::fromString(self::SECRET, "a\xff")
        );
    }

    public function testARefusedTokenNamesTheClaim(): void
    {
        $key = SigningKey::fromString(self::SECRET);
        $token = jwt_encode(['exp' => time() + 60, 'aud' => 'a', 'iat' => time() - 50], $key);
        foreach (
            [
                'aud' => ['aud' => 'b'],
                'iss' => ['aud' => 'a', 'iss' => 'x'],
                'jti' => ['aud' => 'a', 'jti' => true],
                'exp' => ['aud' => 'a', 'now' => time() + 60],
                'iat' => ['aud' => 'a', 'max_age_s' => 10],
            ] as $claim => $checks
        ) {
            try {
                jwt_decode($token, $key, $checks);
                self::fail("$claim was not checked");
            } catch (InvalidToken $exception) {
                self::assertSame($claim, $exception->claim);
            }
        }
        try {
            jwt_decode('x', $key);
            self::fail('no token was taken');
        } catch (InvalidToken $exception) {
            self::assertSame('', $exception->claim);
        }
    }

    public function testNoKeyShowsItself(): void
    {
        $key = SigningKey::fromPem(self::pem('ed25519'), 'a');
        $der = (string) base64_decode((string) preg_replace('/-.*-|\s/', '', self::pem('ed25519')), true);
        $seed = substr($der, -32);
        ob_start();
        var_dump($key, KeySet::fromKeys([$key]));
        $dump = ob_get_clean() . print_r($key, true) . json_encode($key);

        foreach ([$seed, bin2hex($seed), base64_encode($seed)] as $spelling) {
            self::assertStringNotContainsString($spelling, $dump);
        }
        $this->expectException(\Exception::class);
        serialize(KeySet::fromKeys([$key]));
    }

    private static function pem(string $name): string
    {
        return (string) file_get_contents(dirname(__DIR__, 3) . "/tests/vectors/jwt/keys/$name.pem");
    }
}
