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
use Platen\WordPress\Services;

/**
 * Makes the commands known to WP-CLI.
 *
 * @since 0.1.0
 */
final class Commands implements Registrable, Conditional {

	/**
	 * Takes the plugin's objects.
	 *
	 * @since 0.1.0
	 *
	 * @param Services $services The objects.
	 */
	public function __construct( private readonly Services $services ) {
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
		\WP_CLI::add_command( 'platen jobs', new JobsCommand( $this->services->jobs, $this->services->job_service, $this->services->outbox, $this->services->puller ) );
		\WP_CLI::add_command( 'platen trace', new TraceCommand( $this->services->trace ) );
		\WP_CLI::add_command( 'ai:stats', new StatsCommand( $this->services->statistics, $this->services->clock ) );
	}
}
