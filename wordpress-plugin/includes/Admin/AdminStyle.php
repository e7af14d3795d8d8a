<?php
/**
 * The look of the plugin's pages in wp-admin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

/**
 * Loads the style sheet on the plugin's own pages and nowhere else.
 *
 * @since 0.1.0
 */
final class AdminStyle {

	/**
	 * Loads it on one page.
	 *
	 * @since 0.1.0
	 *
	 * @param string $page_hook The hook suffix of the page.
	 */
	public static function enqueue_on( string $page_hook ): void {
		add_action(
			'admin_enqueue_scripts',
			static function ( string $current ) use ( $page_hook ): void {
				if ( $current === $page_hook ) {
					wp_enqueue_style( 'platen-admin', plugins_url( 'includes/Admin/assets/admin.css', PLATEN_FILE ), array(), PLATEN_VERSION );
				}
			}
		);
	}
}
