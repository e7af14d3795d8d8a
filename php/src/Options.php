<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * What a {@see Client} needs to know.
 */
final class Options
{
    /** The longest wait that is allowed in a web request. */
    private const MAX_DEADLINE_MS = 60_000;

    /**
     * @param string $site The site's id, as given to `platend site add`.
     * @param string|null $socket The path of the daemon's Unix socket; null leaves it to the INI setting
     *     `platen.socket`.
     * @param int $deadlineMs How long one call may take in all, connecting included, in milliseconds.
     *
     * @throws InvalidInput If the site is not a site id or the deadline is not 1 to 60000 ms.
     */
    public function __construct(
        public readonly string $site,
        public readonly ?string $socket = null,
        public readonly int $deadlineMs = 50
    ) {
        if (preg_match('/\A[a-z0-9][a-z0-9._-]{0,63}\z/', $site) !== 1) {
            throw Fault::invalidInput(
                'a site id is 1 to 64 of a-z, 0-9, "-", "_" and ".", beginning with a letter or digit'
            );
        }
        if ($deadlineMs < 1 || $deadlineMs > self::MAX_DEADLINE_MS) {
            throw Fault::invalidInput('a deadline is 1 to ' . self::MAX_DEADLINE_MS . ' ms');
        }
    }

    public function withDeadline(int $deadlineMs): self
    {
        return new self($this->site, $this->socket, $deadlineMs);
    }
}
