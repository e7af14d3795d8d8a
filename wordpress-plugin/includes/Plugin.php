<?php
/**
 * The plugin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Admin\AdminArea;
use Platen\WordPress\Blocks\ChatBlock;
use Platen\WordPress\Blocks\ChatShortcode;
use Platen\WordPress\Cli\Commands;
use Platen\WordPress\Cron\Upkeep;
use Platen\WordPress\Rest\Routes;
use Platen\WordPress\Rest\Scope;
use Platen\WordPress\Settings\SettingsOption;

/**
 * Composition root: builds the objects and hands those with hooks to the {@see Loader}.
 *
 * @since 0.1.0
 */
final class Plugin {

	/**
	 * Switches the plugin on.
	 *
	 * @param string $file The plugin's main file.
	 */
	public static function boot( string $file ): void {
		if ( ! Requirements::has_library() ) {
			add_action( 'admin_notices', array( Requirements::class, 'show_incomplete' ) );

			return;
		}

		global $wpdb;
		$services = new Services( $wpdb );
		$scope    = new Scope( $services->timings );

		register_activation_hook( $file, array( $services->migrator, 'run' ) );
		register_deactivation_hook( $file, array( Upkeep::class, 'unschedule' ) );

		( new Loader() )->load(
			$services->migrator,
			$scope,
			new Routes( static fn (): array => $services->controllers( $scope ) ),
			new Upkeep( $services->outbox, $services->puller, $services->reconciler, $services->webhook_events ),
			new Requirements( $services->settings, $services->secrets ),
			new ChatBlock( $services->settings ),
			new ChatShortcode(),
			new SettingsOption(),
			new AdminArea( $services ),
			new Commands( $services )
		);
	}
}
