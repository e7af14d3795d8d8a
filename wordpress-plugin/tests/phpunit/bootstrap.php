<?php
/**
 * Runs the suite inside a real WordPress: PLATEN_WP_PATH names its folder, in which the plugin is active.
 */

declare(strict_types=1);

$wp_path = getenv( 'PLATEN_WP_PATH' );
if ( false === $wp_path || ! is_file( $wp_path . '/wp-load.php' ) ) {
	fwrite( STDERR, "Set PLATEN_WP_PATH to a WordPress in which the plugin is active, or run tests/run-wordpress.\n" );
	exit( 1 );
}

spl_autoload_register(
	static function ( string $class_name ): void {
		$prefix = 'Platen\\WordPress\\Tests\\';
		$file   = __DIR__ . '/' . strtr( substr( $class_name, strlen( $prefix ) ), '\\', '/' ) . '.php';
		if ( str_starts_with( $class_name, $prefix ) && is_file( $file ) ) {
			require $file;
		}
	}
);

$_SERVER['HTTP_HOST']       = 'example.org';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['REMOTE_ADDR']     = '192.0.2.1';

// WordPress declares its globals by name, and PHPUnit loads this file inside a function.
global $wpdb, $wp_filter, $wp_rest_server;
require $wp_path . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/user.php';

if ( ! class_exists( Platen\WordPress\Services::class ) ) {
	fwrite( STDERR, "The plugin is not active in the WordPress of PLATEN_WP_PATH.\n" );
	exit( 1 );
}

// What a site's wp-config.php holds, unless this one's does.
foreach (
	array(
		'PLATEN_SITE_ID'        => 'test-site',
		'PLATEN_SITE_SECRET'    => 'psk_' . rtrim( strtr( base64_encode( random_bytes( 32 ) ), '+/', '-_' ), '=' ),
		'PLATEN_WEBHOOK_SECRET' => 'whsec_' . base64_encode( random_bytes( 32 ) ),
	) as $name => $value
) {
	defined( $name ) || define( $name, $value );
}

// Routes may be registered from here on.
rest_get_server();
