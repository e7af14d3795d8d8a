<?php
/**
 * Runs when the plugin is deleted. Its data goes only where the admin asked for that: by the setting "Remove all data
 * when the plugin is deleted", or by the constant PLATEN_REMOVE_DATA.
 *
 * This file is read by every PHP that WordPress may run on, so it uses old syntax only.
 *
 * @package Platen
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( PHP_VERSION_ID < 80100 ) {
	return;
}

require_once __DIR__ . '/includes/Autoloader.php';

Platen\WordPress\Autoloader::register( __DIR__ );

global $wpdb;
$platen_uninstaller = new Platen\WordPress\Settings\Uninstaller( $wpdb );
$platen_uninstaller->run();
