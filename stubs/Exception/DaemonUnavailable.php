<?php

declare(strict_types=1);

namespace Platen\Exception;

/**
 * The daemon cannot be reached, or did not answer before the deadline.
 *
 * @example
 * ```php
 * $client = new Platen\Client(new Platen\Options(site: 'blog', socket: '/run/nobody-listens.sock'));
 * try {
 *     $client->ping();
 * } catch (Platen\Exception\DaemonUnavailable $away) {
 *     echo $away->errorCode; // keep the job, and hand it over later
 * }
 * ```
 * ```text
 * daemon_unavailable
 * ```
 */
final class DaemonUnavailable extends PlatenException
{
    public string $errorCode = 'daemon_unavailable';
}
