<?php

declare(strict_types=1);

namespace Platen\Polyfill\Cache;

/**
 * The cache cannot be used now. It never leaves the polyfill: for a caller it is a miss.
 *
 * @internal
 */
final class Unusable extends \RuntimeException
{
}
