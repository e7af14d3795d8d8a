<?php

declare(strict_types=1);

namespace Platen\Tests\Fixture;

use PHPUnit\Framework\Assert;
use Platen\Exception\PlatenException;

/**
 * Asserts class and code of a failure; PHPUnit's own expectation knows nothing of the code.
 */
trait ExpectsFailures
{
    /**
     * @param class-string<PlatenException> $class
     * @param callable(): mixed $call
     */
    private static function expectFailure(string $class, string $errorCode, callable $call): void
    {
        try {
            $call();
        } catch (PlatenException $exception) {
            Assert::assertInstanceOf($class, $exception);
            Assert::assertSame($errorCode, $exception->errorCode);
            Assert::assertNotSame('', $exception->getMessage());

            return;
        }

        Assert::fail("nothing failed with $errorCode");
    }
}
