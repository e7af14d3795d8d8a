<?php
/**
 * WordPress settings of one stack: SQLite, no outside requests, no work but what a request asks for.
 */

define( 'DB_ENGINE', 'sqlite' );
define( 'DB_DIR', __DIR__ . '/wp-content/database' );
define( 'DB_FILE', 'wp.sqlite' );
define( 'DB_NAME', 'wordpress' );
// Readers do not wait for a writer.
define( 'SQLITE_JOURNAL_MODE', 'WAL' );
$table_prefix = 'wp_';

foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $salt_name ) {
	define( $salt_name . '_KEY', hash_hmac( 'sha256', $salt_name . '_KEY', '@SALT@' ) );
	define( $salt_name . '_SALT', hash_hmac( 'sha256', $salt_name . '_SALT', '@SALT@' ) );
}

// Application passwords work over plain HTTP only in a local environment.
define( 'WP_ENVIRONMENT_TYPE', 'local' );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_LOG', dirname( __DIR__ ) . '/logs/php.log' );
define( 'WP_DEBUG_DISPLAY', false );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
// Cron runs when it is asked to: `stack wp --dir DIR -- cron event run --due-now`.
define( 'DISABLE_WP_CRON', true );

@PLATEN_CONSTANTS@

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
