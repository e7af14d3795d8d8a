<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;
use Platen\KeySet;
use Platen\SigningKey;

/** No way of looking at a key shows its secret. */
final class SecrecyTest extends TestCase
{
    private const SECRET = 'planted-secret-of-thirty-two-bytes';

    /** @return array<string, array{callable(object): mixed}> */
    public static function looks(): array
    {
        return [
            'var_dump' => [static fn (object $key) => var_dump($key)],
            'print_r' => [static fn (object $key) => print_r($key)],
            'var_export' => [static fn (object $key) => var_export($key)],
            'an array' => [static fn (object $key) => self::walk((array) $key)],
            'json_encode' => [static fn (object $key) => print(json_encode($key))],
            'serialize' => [static fn (object $key) => print(serialize($key))],
            'clone' => [static fn (object $key) => var_dump(clone $key)],
            'properties' => [static fn (object $key) => self::reflect($key)],
        ];
    }

    /**
     * @dataProvider looks
     * @param callable(object): mixed $look
     */
    public function testNothingShowsASecret(callable $look): void
    {
        $pem = file_get_contents(__DIR__ . '/../../../tests/vectors/jwt/keys/ed25519.pem');
        $seed = (string) base64_decode(explode("\n", (string) $pem)[1]);
        $secret = SigningKey::fromString(self::SECRET, 'a');
        $pair = SigningKey::fromPem((string) $pem, 'b');
        foreach ([$secret, $pair, KeySet::fromKeys([$secret, $pair])] as $key) {
            ob_start();
            try {
                $look($key);
            } catch (\Throwable $refused) {
                print_r($refused);
            }
            $shown = (string) ob_get_clean();

            self::assertStringNotContainsString('planted', $shown);
            self::assertStringNotContainsString(substr($seed, -32), $shown);
        }
    }

    /** @param array<mixed> $value */
    private static function walk(array $value): void
    {
        var_dump($value);
        foreach ($value as $member) {
            if (is_array($member) || is_object($member)) {
                self::walk((array) $member);
            }
        }
    }

    /** Every property of the object and of the objects in it, as a debugger reads them. */
    private static function reflect(object $object): void
    {
        foreach ((new \ReflectionObject($object))->getProperties() as $property) {
            if ($property->isStatic()) {
                continue;
            }
            $value = $property->getValue($object);
            foreach (is_array($value) ? $value : [$value] as $member) {
                is_object($member) ? self::reflect($member) : var_dump($member);
            }
        }
    }
}
