<?php

declare(strict_types=1);

namespace Platen\Tests\Polyfill;

use PHPUnit\Framework\TestCase;

/**
 * Compares what the library declares with the stubs, which describe the extension.
 */
final class SignaturesTest extends TestCase
{
    /** Differences that are known and harmless, by name. */
    private const LEDGER = [
        // The extension's binding has no union types: it says mixed and checks by hand.
        'function Platen\jwt_decode',
        'function Platen\webhook_sign',
        'function Platen\webhook_verify',
        // Here the constructors are private; there they are public and always throw.
        'method Platen\KeySet::__construct',
        'method Platen\SigningKey::__construct',
    ];

    public function testEveryDeclarationOfTheExtensionIsHereToo(): void
    {
        $stubs = self::describe("describe('stubs')");
        $library = self::describe(
            "(static function () { require 'php/autoload.php'; class_exists('Platen\\\\SigningKey'); class_exists('Platen\\\\KeySet');"
            . " foreach (glob('stubs/Exception/*.php') as \$file) {"
            . " class_exists('Platen\\\\Exception\\\\' . basename(\$file, '.php')); }"
            . " return describe('library'); })()"
        );
        self::assertGreaterThan(30, count($stubs));

        foreach ($stubs as $name => $declaration) {
            if (!in_array($name, self::LEDGER, true)) {
                self::assertArrayHasKey($name, $library);
                $class = strstr(substr($name, strlen('method ')), '::', true);
                self::assertSame($declaration, str_replace('): self', "): $class", $library[$name]), $name);
            }
        }
    }

    /** @return array<string, string> */
    private static function describe(string $expression): array
    {
        $code = "require 'stubs/describe.php'; echo json_encode($expression);";
        $arguments = array_map('escapeshellarg', [dirname(__DIR__, 3), PHP_BINARY, $code]);
        $command = vsprintf('cd %s && %s -n -r %s', $arguments);

        return json_decode((string) shell_exec($command), true, 512, JSON_THROW_ON_ERROR);
    }
}
