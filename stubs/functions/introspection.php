<?php

declare(strict_types=1);

namespace Platen;

/**
 * # Introspection
 *
 * What a worker has open and has kept, for a page of status; phpinfo() shows the same.
 */

/**
 * Tells what this PHP process knows and holds, without asking the daemon.
 *
 * `limits.state` is `mapped`, `unused` before the first decision, or why the file cannot be used: `missing`,
 * `unreadable`, `foreign`, `of_earlier_boot`, `unsafe`.
 *
 * @return array{
 *     version: string,
 *     protocol: int,
 *     pid: int,
 *     connection: array{socket: string, is_open: bool, connects: int, reconnects: int},
 *     limits: array{path: string, state: string, decisions: int},
 *     cache: array{path: string},
 *     token_cache_bytes: int,
 *     default_model: string,
 *     preloaded_encodings: list<string>
 * }
 * @example
 * ```php
 * echo Platen\runtime_info()['limits']['state'];
 * ```
 * ```text
 * %s
 * ```
 */
function runtime_info(): array
{
}
