<?php
/**
 * The plugin's part of wp-admin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\WordPress\Contracts\Conditional;
use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Loader;
use Platen\WordPress\Services;
use Platen\WordPress\Settings\ConnectionTest;
use Platen\WordPress\Settings\SettingsPage;

/**
 * Builds the pages and the health tests. Requests of visitors do not even load their files.
 *
 * @since 0.1.0
 */
final class AdminArea implements Registrable, Conditional {

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
	 *
	 * WordPress also runs the health tests once a week from its cron.
	 */
	public function is_met(): bool {
		return is_admin() || wp_doing_cron();
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		$services   = $this->services;
		$connection = new ConnectionTest( $services->settings, $services->daemon );

		( new Loader() )->load(
			new JobsPage( $services->jobs, $services->statistics, $services->job_service, $services->trace, $services->clock ),
			new JobActions( $services->job_service, $services->outbox ),
			new SettingsPage( $services->settings, $services->secrets, $connection ),
			new SiteHealth( $services->secrets, $connection ),
			new WebhooksHealth( $services->daemon, $services->constants ),
			new DebugInformation( $services->settings, $services->secrets, $connection, $services->jobs )
		);
	}
}
