<?php
/**
 * Deleting the plugin's data.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

use Platen\WordPress\Admin\JobsPage;
use Platen\WordPress\Cron\Upkeep;
use Platen\WordPress\Database\Migrator;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Webhooks\ResultPuller;

/**
 * Removes what the plugin has stored, if the admin wants it: jobs and conversations are people's words, and they are
 * neither left behind against the admin's will nor deleted without it.
 *
 * @since 0.1.0
 */
final class Uninstaller {

	/**
	 * How many sites of a network are read at once.
	 */
	private const SITES_BATCH = 100;

	/**
	 * Takes what is asked and what is removed.
	 *
	 * @since 0.1.0
	 *
	 * @param \wpdb              $wpdb     The connection.
	 * @param SettingsRepository $settings The settings.
	 */
	public function __construct( private readonly \wpdb $wpdb, private readonly SettingsRepository $settings = new SettingsRepository() ) {
	}

	/**
	 * Asks every site and removes the data of those that want it.
	 *
	 * @since 0.1.0
	 */
	public function run(): void {
		if ( is_multisite() ) {
			$this->run_on_network();
		} else {
			$this->run_on_site();
		}
	}

	/**
	 * Asks the present site and removes its data if it wants that.
	 *
	 * @since 0.1.0
	 *
	 * @return bool Whether the data was removed.
	 */
	public function run_on_site(): bool {
		// A hook without its plugin does nothing but cost time, whatever becomes of the data.
		wp_clear_scheduled_hook( Upkeep::HOOK );

		if ( ! $this->settings->get()->remove_data ) {
			return false;
		}

		foreach ( ( new Schema( $this->wpdb ) )->all() as $table ) {
			$this->wpdb->query( $this->wpdb->prepare( 'DROP TABLE IF EXISTS %i', $table ) );
		}
		foreach ( array( SettingsRepository::OPTION, Migrator::VERSION_OPTION, Migrator::FAILURE_OPTION, Migrator::LOCK_OPTION, ResultPuller::CURSOR_OPTION ) as $option ) {
			delete_option( $option );
		}
		delete_metadata( 'user', 0, JobsPage::PER_PAGE_OPTION, '', true );

		return true;
	}

	/**
	 * Visits every site of the network, a batch at a time.
	 */
	private function run_on_network(): void {
		for ( $offset = 0; ; $offset += self::SITES_BATCH ) {
			$sites = get_sites(
				array(
					'fields'  => 'ids',
					'number'  => self::SITES_BATCH,
					'offset'  => $offset,
					'orderby' => 'id',
				)
			);
			foreach ( $sites as $site_id ) {
				switch_to_blog( (int) $site_id );
				$this->run_on_site();
				restore_current_blog();
			}
			if ( count( $sites ) < self::SITES_BATCH ) {
				return;
			}
		}
	}
}
