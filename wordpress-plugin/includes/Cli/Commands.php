<?php
/**
 * The commands of the plugin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use Platen\WordPress\Contracts\Conditional;
use Platen\WordPress\Contracts\Registrable;

/**
 * Makes the commands known to WP-CLI.
 *
 * @since 0.1.0
 */
final class Commands implements Registrable, Conditional {

	/**
	 * Takes the commands.
	 *
	 * @since 0.1.0
	 *
	 * @param JobsCommand  $jobs  `wp platen jobs`.
	 * @param TraceCommand $trace `wp platen trace`.
	 * @param StatsCommand $stats `wp ai:stats`.
	 */
	public function __construct(
		private readonly JobsCommand $jobs,
		private readonly TraceCommand $trace,
		private readonly StatsCommand $stats
	) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function is_met(): bool {
		return defined( 'WP_CLI' ) && WP_CLI;
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		\WP_CLI::add_command( 'platen', PlatenNamespace::class );
		\WP_CLI::add_command( 'platen jobs', $this->jobs );
		\WP_CLI::add_command( 'platen trace', $this->trace );
		\WP_CLI::add_command( 'ai:stats', $this->stats );
	}
}
