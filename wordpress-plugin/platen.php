<?php
/**
 * Plugin Name:       Platen
 * Description:       Runs AI for WordPress in production: chat with streamed answers, durable jobs, no provider key in WordPress.
 * Version:           0.1.0
 * Requires at least: 6.5
 * Requires PHP:      8.1
 * Author:            The Platen authors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       platen
 *
 * This file is read by every PHP that WordPress may run on, so it uses old syntax only.
 *
 * @package Platen
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

define( 'PLATEN_VERSION', '0.1.0' );
define( 'PLATEN_FILE', __FILE__ );

if ( PHP_VERSION_ID < 80100 || version_compare( $GLOBALS['wp_version'], '6.5', '<' ) ) {
	add_action( 'admin_notices', 'platen_too_old_notice' );
	return;
}

require_once __DIR__ . '/includes/Autoloader.php';

Platen\WordPress\Autoloader::register( __DIR__ );
Platen\WordPress\Plugin::boot( __FILE__ );

/**
 * Says why the plugin does nothing here.
 */
function platen_too_old_notice() {
	echo '<div class="notice notice-error"><p>';
	echo esc_html__( 'Platen needs PHP 8.1 and WordPress 6.5 or newer. It stays switched off until then.', 'platen' );
	echo '</p></div>';
}
