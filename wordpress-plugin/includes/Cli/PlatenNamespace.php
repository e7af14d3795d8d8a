<?php
/**
 * The command `wp platen`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

/**
 * Looks after the jobs of Platen.
 *
 * @since 0.1.0
 */
final class PlatenNamespace extends \WP_CLI\Dispatcher\CommandNamespace {
}
